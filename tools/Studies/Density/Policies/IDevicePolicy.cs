namespace Iopf.Density.Policies;

/// <summary>How a guest's memory gets to where its device can use it. Every answer in nanoseconds is time of the guest or of its device.</summary>
internal interface IDevicePolicy
{
    /// <summary>Whether reclaim learns when a device uses memory: from the policy's own work, or because the device's accesses count.</summary>
    bool LearnsOfUse { get; }

    /// <summary>The most pages a guest ever has pinned, so that the host can refuse a guest before it starts.</summary>
    /// <param name="layout">Where things lie in the guest's memory.</param>
    /// <returns>Pages.</returns>
    long PinnedAtMost(GuestLayout layout);

    /// <summary>Gives a guest its device.</summary>
    /// <param name="guest">The guest.</param>
    /// <returns>Nanoseconds before the guest begins to run.</returns>
    long Assign(DensityGuest guest);

    /// <summary>Makes the buffers of the guest's next message ready for the device.</summary>
    /// <param name="guest">The guest.</param>
    /// <param name="now">When, in nanoseconds.</param>
    /// <returns>Nanoseconds.</returns>
    long Prepare(DensityGuest guest, long now);

    /// <summary>The device uses a page that its IOMMU does not translate; afterwards it does.</summary>
    /// <param name="guest">The guest; the page is its <see cref="DensityGuest.NextPage"/>.</param>
    /// <param name="now">When, in nanoseconds; never earlier than the fault before.</param>
    /// <returns>Nanoseconds for which the device stands still.</returns>
    long Fault(DensityGuest guest, long now);

    /// <summary>Takes the buffers of a message back from the device.</summary>
    /// <param name="guest">The guest.</param>
    /// <param name="now">When, in nanoseconds.</param>
    /// <returns>Nanoseconds.</returns>
    long Complete(DensityGuest guest, long now);

    /// <summary>Looks through a guest's pinned memory, once per interval.</summary>
    /// <param name="guest">The guest.</param>
    void Scan(DensityGuest guest);
}
