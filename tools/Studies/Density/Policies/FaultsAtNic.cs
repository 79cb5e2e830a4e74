using System.Numerics;

namespace Iopf.Density.Policies;

/// <summary>A device that takes its own faults: its firmware reports one for a whole work request, and the driver supplies what is left of the buffer at once.</summary>
/// <param name="options">What things cost.</param>
internal sealed class FaultsAtNic(DensityOptions options) : IDevicePolicy
{
    /// <inheritdoc/>
    public bool LearnsOfUse => options.DeviceAccessesAge || options.CpuTouchesPayload;

    /// <inheritdoc/>
    public long PinnedAtMost(GuestLayout layout) => 0;

    /// <inheritdoc/>
    public long Assign(DensityGuest guest) => 0;

    /// <inheritdoc/>
    public long Prepare(DensityGuest guest, long now) => 0;

    /// <inheritdoc/>
    public long Fault(DensityGuest guest, long now)
    {
        MessageBuffer buffer = guest.Done % 2 == 0 ? guest.Source : guest.Destination;
        // The pages of a run are supplied together. Their own cost is in the published times; reclaim and reading back are not.
        long time = options.NicFaultNanoseconds;
        int supplied = 0;
        int passed = 0;
        foreach (PageRun run in buffer.Runs)
        {
            int skipped = Math.Clamp((guest.Done / 2) - passed, 0, run.Count);
            passed += run.Count;
            foreach ((int chunk, ushort pages) in guest.Memory.Pieces(new PageRun(run.First + skipped, run.Count - skipped)))
            {
                ushort missing = (ushort)(pages & ~guest.Memory.Host[chunk].Mapped);
                int count = BitOperations.PopCount(missing);
                time += guest.Memory.Host.Obtain(chunk, missing, now + time, free: count);
                guest.Memory.Host.Map(chunk, missing);
                supplied += count;
            }
        }

        return time + ((long)(supplied - 1) * options.NicPageNanoseconds);
    }

    /// <inheritdoc/>
    public long Complete(DensityGuest guest, long now) => 0;

    /// <inheritdoc/>
    public void Scan(DensityGuest guest)
    {
        // Nothing is pinned.
    }
}
