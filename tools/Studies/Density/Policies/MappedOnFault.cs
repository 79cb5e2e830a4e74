using Iopf.Kernel;

namespace Iopf.Density.Policies;

/// <summary>Nothing is mapped before the device faults on it, and nothing is pinned: the series, with a pre-map length.</summary>
/// <param name="lengths">Makes what a guest is asked: how many pages a fault maps at most, forward from the faulting one, to the first that is mapped.</param>
/// <param name="options">What else is told to reclaim.</param>
/// <param name="costs">What the steps of a fault cost.</param>
internal sealed class MappedOnFault(Func<IPremapLength> lengths, DensityOptions options, CostOptions costs) : IDevicePolicy
{
    private readonly Dictionary<DensityGuest, IPremapLength> _lengths = [];

    /// <inheritdoc/>
    public bool LearnsOfUse => options.DeviceAccessesAge || options.CpuTouchesPayload;

    /// <inheritdoc/>
    public long PinnedAtMost(GuestLayout layout) => 0;

    /// <inheritdoc/>
    public long Assign(DensityGuest guest)
    {
        _lengths.Add(guest, lengths());
        return 0;
    }

    /// <inheritdoc/>
    public long Prepare(DensityGuest guest, long now) => 0;

    /// <inheritdoc/>
    public long Fault(DensityGuest guest, long now) => guest.Accelerator.Events.Serve(now, begin => Handle(guest, begin));

    /// <inheritdoc/>
    public long Complete(DensityGuest guest, long now) => 0;

    /// <inheritdoc/>
    public void Scan(DensityGuest guest)
    {
        // Nothing is pinned.
    }

    private long Handle(DensityGuest guest, long begin)
    {
        int page = guest.NextPage;
        bool wasInvalidated = (guest.Memory.Host[guest.Memory.ChunkOf(page)].Lost & Chunk.Bits(page % Chunk.Pages, 1)) != 0;
        int length = _lengths[guest].Next(page, wasInvalidated);
        Invariant.Hold(length is >= 1 and <= DensityPolicy.LongestWindow, "a fault maps from 1 to 1,048,576 pages");
        int pages = guest.Memory.Unmapped(page, length);
        return costs.HandlerNanoseconds + FaultedPages.Enter(guest.Memory, new PageRun(page, pages), begin + costs.HandlerNanoseconds);
    }
}
