namespace Iopf.Sweeps;

/// <summary>What a sweep measures: the one place that lists it.</summary>
internal static class SweepColumns
{
    private static readonly SweepColumn[] Common =
    [
        new("outcome", "done, aborted or violated", static point => point.Outcome) { IsNumeric = false },
        new("faults", "faults reported", static point => point.Run.Faults),
        new("success", "page requests answered: success", static point => point.Run.Responses.Success),
        new("invalid", "page requests answered: invalid", static point => point.Run.Responses.Invalid),
        new("failure", "page requests answered: failure", static point => point.Run.Responses.Failure),
        new("mapped_pages", "pages entered into IOMMU domains", static point => point.Run.MappedPages),
        new("pinned_pages", "pins on page frames at the end", static point => point.Run.PinnedPages),
        new("locked_vm", "pages accounted as locked at the end", static point => point.Run.LockedVm),
        new("locked_vm_peak", "the most pages accounted as locked", static point => point.Run.LockedVmPeak),
        new("iotlb_invalidations", "IOTLB invalidation commands", static point => point.Run.IotlbInvalidations),
        new("violations", "promises broken", static point => (long)point.Run.Violations.Count),
        new("virtual_ns", "virtual time, ns", static point => point.Run.VirtualNanoseconds),
    ];

    private static readonly SweepColumn[] OfScenarios =
    [
        new("operations", "operations done", static point => (long)point.Run.Operations.Count),
        new("unexpected", "operations that answered other than the scenario expects", static point => (long)point.Run.Operations.Count(static done => !done.Matched)),
    ];

    private static readonly SweepColumn[] OfWorkloads =
    [
        new("pinned_ns", "virtual time with all memory pinned, ns", static point => point.PinnedNanoseconds),
        new("slowdown", "slowdown against all memory pinned, %", static point => point.Slowdown),
        new("stall_ns", "time devices were stalled, ns", static point => point.Timing?.StallNanoseconds),
        new("queue_ns", "the part of it in queues, ns", static point => point.Timing?.QueueNanoseconds),
        new("lock_waiting_ns", "time threads waited for locks, ns", static point => point.Timing?.Locks.Sum(static its => its.WaitingNanoseconds)),
        new("lock_contentions", "times a thread had to wait for a lock", static point => point.Timing?.Locks.Sum(static its => its.Contentions)),
        new("published_faults", "faults published for it", static point => point.PublishedFaults),
        new("published_slowdown", "slowdown published for it, %", static point => point.PublishedSlowdown),
    ];

    private static readonly SweepColumn[] Last =
    [
        new("note", "what is to be said about it", static point => point.Note) { IsNumeric = false },
    ];

    /// <summary>The columns of a sweep.</summary>
    /// <param name="hasWorkload">Whether it sweeps a workload.</param>
    /// <returns>The columns in their order.</returns>
    public static IReadOnlyList<SweepColumn> For(bool hasWorkload) => [.. Common, .. hasWorkload ? OfWorkloads : OfScenarios, .. Last];
}
