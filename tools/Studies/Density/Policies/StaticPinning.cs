using Iopf.Kernel;

namespace Iopf.Density.Policies;

/// <summary>Everything is pinned and mapped when the device is assigned, for as long as the guest lives: type1 without the series.</summary>
internal sealed class StaticPinning : IDevicePolicy
{
    /// <inheritdoc/>
    public bool LearnsOfUse => true;

    /// <inheritdoc/>
    public long PinnedAtMost(GuestLayout layout) => layout.Pages;

    /// <inheritdoc/>
    public long Assign(DensityGuest guest) => guest.Memory.PinWhole();

    /// <inheritdoc/>
    public long Prepare(DensityGuest guest, long now) => 0;

    /// <inheritdoc/>
    public long Fault(DensityGuest guest, long now)
    {
        Invariant.Hold(false, "a device whose guest is pinned does not fault");
        return 0;
    }

    /// <inheritdoc/>
    public long Complete(DensityGuest guest, long now) => 0;

    /// <inheritdoc/>
    public void Scan(DensityGuest guest)
    {
        // What is pinned stays so.
    }
}
