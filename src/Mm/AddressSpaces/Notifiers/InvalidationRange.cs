using Iopf.Kernel;

namespace Iopf.Mm;

/// <summary>What is about to be invalidated, why, and whether the callback may block.</summary>
/// <remarks>Kernel: <c>struct mmu_notifier_range</c>.</remarks>
/// <param name="Range">The addresses: whole pages.</param>
/// <param name="Reason">Why.</param>
/// <param name="IsBlockable">Whether the callback may wait; if not, it answers EAGAIN instead.</param>
public readonly record struct InvalidationRange(UserRange Range, InvalidationReason Reason, bool IsBlockable);
