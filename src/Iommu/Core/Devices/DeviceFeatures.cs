using Iopf.Kernel;

namespace Iopf.Iommu;

/// <summary>Switches features of devices through their IOMMU driver.</summary>
/// <remarks>Kernel: <c>iommu_dev_enable_feature</c>, <c>iommu_dev_disable_feature</c>, <c>iommu_dev_feature_enabled</c>.</remarks>
public sealed class DeviceFeatures : IDeviceFeatures
{
    /// <summary>Switches a feature on.</summary>
    /// <param name="device">The device.</param>
    /// <param name="feature">The feature.</param>
    /// <returns>The driver's answer; ENODEV for a device without IOMMU; ENOMEM.</returns>
    public Errno Enable(Device device, IommuFeature feature)
    {
        if (device.Iommu is not { } iommu)
        {
            return Errno.ENODEV;
        }

        return device.Kernel.Fails(FailureKind.Feature) ? Errno.ENOMEM : iommu.Driver.EnableFeature(device, feature);
    }

    /// <summary>Switches a feature off.</summary>
    /// <param name="device">The device.</param>
    /// <param name="feature">The feature.</param>
    /// <returns>The driver's answer; EBUSY for a device without IOMMU.</returns>
    public Errno Disable(Device device, IommuFeature feature) => device.Iommu?.Driver.DisableFeature(device, feature) ?? Errno.EBUSY;

    /// <summary>Whether a feature is on.</summary>
    /// <param name="device">The device.</param>
    /// <param name="feature">The feature.</param>
    /// <returns>The driver's answer; <see langword="false"/> for a device without IOMMU.</returns>
    public bool IsEnabled(Device device, IommuFeature feature) => device.Iommu?.Driver.IsFeatureEnabled(device, feature) ?? false;

    /// <summary>Waits until every fault of a device that the hardware recorded so far was reported.</summary>
    /// <param name="device">The device.</param>
    public void DrainFaults(Device device) => device.Iommu?.Driver.DrainFaults(device);
}
