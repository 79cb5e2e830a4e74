using Iopf.Kernel;
using Iopf.Testing;

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

    [Theory]
    [InlineData(IommuFeature.Iopf)]
    [InlineData(IommuFeature.Sva)]
    public void A_feature_is_on_from_the_drivers_yes_until_it_is_switched_off(IommuFeature feature)
    {
        DeviceFeatures features = new();
        HostKernel kernel = new();
        Device device = FakeDevices.Behind(kernel, new FakeIommuDomain(kernel));

        Assert.Equal(Errno.None, features.Enable(device, feature));
        Assert.True(features.IsEnabled(device, feature));

        Assert.Equal(Errno.None, features.Disable(device, feature));
        Assert.False(features.IsEnabled(device, feature));
    }

    [Fact]
    public void A_feature_that_the_driver_refuses_stays_off()
    {
        DeviceFeatures features = new();
        HostKernel kernel = new();
        Device device = FakeDevices.Behind(kernel, new FakeIommuDomain(kernel));
        ((FakeIommuDriver)device.Iommu!.Driver).EnableError = Errno.EINVAL;

        Assert.Equal(Errno.EINVAL, features.Enable(device, IommuFeature.Iopf));
        Assert.False(features.IsEnabled(device, IommuFeature.Iopf));
    }
}
