using Iopf.Iommu;

namespace Iopf.Vfio;

/// <summary>What does VFIO know of a device?</summary>
/// <remarks>
/// Kernel: <c>vfio_device_get_from_dev</c>, <c>vfio_group_get_from_dev</c>. One answer, with and without patches: <see cref="VfioCore"/>. Asked by
/// patch 8.
/// </remarks>
public interface IVfioDevices
{
    /// <summary>Looks up VFIO's object for a device and takes a reference, so that it cannot go away while it is used.</summary>
    /// <param name="device">The device.</param>
    /// <returns>
    /// The object, to be returned with <see cref="VfioCore.PutDevice"/>; <see langword="null"/> if no VFIO bus driver has the device.
    /// </returns>
    VfioDevice? GetDevice(Device device);

    /// <summary>Looks up the VFIO group of a device.</summary>
    /// <param name="device">The device.</param>
    /// <returns>The group; <see langword="null"/> if VFIO has no device of its IOMMU group.</returns>
    VfioGroup? FindGroup(Device device);
}
