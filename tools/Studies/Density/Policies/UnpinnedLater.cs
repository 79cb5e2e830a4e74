using Iopf.Kernel;

namespace Iopf.Density.Policies;

/// <summary>
/// A guest that says in a shared table which pages its device uses: it traps only for pages that are not pinned yet, and the host unpins from time to time what was
/// not used since it last looked. coIOMMU with its lazy unpinning.
/// </summary>
/// <param name="options">What things cost.</param>
internal sealed class UnpinnedLater(DensityOptions options) : IDevicePolicy
{
    /// <inheritdoc/>
    public bool LearnsOfUse => true;

    /// <inheritdoc/>
    public long PinnedAtMost(GuestLayout layout) => layout.DmaPages;

    /// <inheritdoc/>
    public long Assign(DensityGuest guest) => 0;

    /// <inheritdoc/>
    public long Prepare(DensityGuest guest, long now)
    {
        long time = Track(guest.Source) + Track(guest.Destination);
        MessageBuffer[] missing = [.. new[] { guest.Source, guest.Destination }.Where(static buffer => !buffer.IsPinned)];
        time += missing.Length == 0 ? 0 : options.TrapNanoseconds;
        foreach (MessageBuffer buffer in missing)
        {
            // One MAP_DMA per page, so that each can be unpinned by itself.
            time += (long)buffer.Pages * options.IoctlNanoseconds;
            time += FaultedPages.Pin(guest, buffer, now + time);
            buffer.IsPinned = true;
        }

        return time;
    }

    /// <inheritdoc/>
    public long Fault(DensityGuest guest, long now)
    {
        Invariant.Hold(false, "a device does not fault on a buffer that is pinned while it is tracked");
        return 0;
    }

    /// <inheritdoc/>
    public long Complete(DensityGuest guest, long now) => (long)(guest.Source.Pages + guest.Destination.Pages) * options.TrackPageNanoseconds;

    /// <inheritdoc/>
    public void Scan(DensityGuest guest)
    {
        foreach (MessageBuffer buffer in guest.Buffers)
        {
            bool isInFlight = guest.IsSending && (buffer == guest.Source || buffer == guest.Destination);
            if (buffer.IsPinned && !buffer.IsUsed && !isInFlight)
            {
                FaultedPages.Unpin(guest, buffer);
                buffer.IsPinned = false;
            }

            buffer.IsUsed = false;
        }
    }

    private long Track(MessageBuffer buffer)
    {
        buffer.IsUsed = true;
        return (long)buffer.Pages * options.TrackPageNanoseconds;
    }
}
