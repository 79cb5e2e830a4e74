using Iopf.Kernel;

namespace Iopf.Iommu;

/// <summary>How are features of a device switched on and off?</summary>
/// <remarks>
/// Kernel: <c>iommu_dev_enable_feature</c>, <c>iommu_dev_disable_feature</c>. One answer, with and without patches: <see cref="DeviceFeatures"/>.
/// Asked by patch 5.
/// </remarks>
public interface IDeviceFeatures
{
    /// <summary>Switches a feature on.</summary>
    /// <param name="device">The device.</param>
    /// <param name="feature">The feature.</param>
    /// <returns>The driver's answer; ENODEV for a device without IOMMU; ENOMEM.</returns>
    Errno Enable(Device device, IommuFeature feature);

    /// <summary>Switches a feature off.</summary>
    /// <param name="device">The device.</param>
    /// <param name="feature">The feature.</param>
    /// <returns>The driver's answer; EBUSY for a device without IOMMU.</returns>
    Errno Disable(Device device, IommuFeature feature);

    /// <summary>Waits until every fault of a device that the hardware recorded so far was reported.</summary>
    /// <param name="device">The device.</param>
    void DrainFaults(Device device);
}
