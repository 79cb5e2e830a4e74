using Iopf.Kernel;

namespace Iopf.Density.Policies;

/// <summary>An emulated IOMMU whose guest maps each buffer before a message and unmaps it after: each request traps, and what is mapped is pinned.</summary>
/// <param name="options">What things cost.</param>
internal sealed class MappedPerBuffer(DensityOptions options) : IDevicePolicy
{
    /// <inheritdoc/>
    public bool LearnsOfUse => true;

    /// <inheritdoc/>
    public long PinnedAtMost(GuestLayout layout) => layout.MessagePages;

    /// <inheritdoc/>
    public long Assign(DensityGuest guest) => 0;

    /// <inheritdoc/>
    public long Prepare(DensityGuest guest, long now)
    {
        long time = Map(guest, guest.Source, now);
        return time + Map(guest, guest.Destination, now + time);
    }

    /// <inheritdoc/>
    public long Fault(DensityGuest guest, long now)
    {
        Invariant.Hold(false, "a device does not fault on a buffer that its guest has mapped");
        return 0;
    }

    /// <inheritdoc/>
    public long Complete(DensityGuest guest, long now) => Unmap(guest, guest.Source) + Unmap(guest, guest.Destination);

    /// <inheritdoc/>
    public void Scan(DensityGuest guest)
    {
        // What is not in use is not pinned.
    }

    private long Map(DensityGuest guest, MessageBuffer buffer, long now)
    {
        long requests = options.TrapNanoseconds + ((long)buffer.Runs.Length * options.IoctlNanoseconds);
        return requests + FaultedPages.Pin(guest, buffer, now + requests);
    }

    private long Unmap(DensityGuest guest, MessageBuffer buffer) =>
        options.TrapNanoseconds + ((long)buffer.Runs.Length * options.IoctlNanoseconds) + ((long)FaultedPages.Unpin(guest, buffer) * options.UnpinPageNanoseconds);
}
