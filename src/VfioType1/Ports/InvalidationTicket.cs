namespace Iopf.VfioType1;

/// <summary>What was known about invalidations when a fault began to obtain pages.</summary>
/// <param name="Sequence">How many invalidations had ended.</param>
/// <remarks>Kernel: <c>mmu_interval_read_begin</c> plays this part.</remarks>
public readonly record struct InvalidationTicket(ulong Sequence);
