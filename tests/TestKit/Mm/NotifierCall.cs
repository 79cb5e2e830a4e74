using Iopf.Kernel;
using Iopf.Mm;

namespace Iopf.TestKit.Mm;

/// <summary>One callback as a notifier saw it.</summary>
/// <param name="Name">start, end, invalidate, change_pte or release.</param>
/// <param name="Range">The range; the whole space for release.</param>
/// <param name="Announced">What start and end calls carry.</param>
/// <param name="Locks">The locks of the address space that the thread held: any of mmap, rmap, ptl, separated by blanks.</param>
/// <param name="FrameMapped">What the CPU's page table mapped at the start of the range at that moment.</param>
public sealed record NotifierCall(string Name, UserRange Range, InvalidationRange? Announced, string Locks, Pfn? FrameMapped);
