using Iopf.Kernel;

namespace Iopf.Iommu.Tests.Devices;

public sealed class DeviceFeaturesTests
{
    [Theory, Trait("Fact", "T030")]
    [InlineData(IommuFeature.Iopf)]
    [InlineData(IommuFeature.Sva)]
    public void Without_an_IOMMU_no_feature_is_switched_on_ENODEV_or_off_EBUSY(IommuFeature feature)
    {
        DeviceFeatures features = new();
        Device device = new(new HostKernel(), "plain0", new Bus("pci"));

        Assert.Equal(Errno.ENODEV, features.Enable(device, feature));
        Assert.Equal(Errno.EBUSY, features.Disable(device, feature));
        Assert.False(features.IsEnabled(device, feature));
    }
}
