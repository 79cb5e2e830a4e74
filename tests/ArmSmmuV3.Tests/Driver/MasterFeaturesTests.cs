using Iopf.ArmSmmuV3.Driver;
using Iopf.Iommu;
using Iopf.Kernel;

namespace Iopf.ArmSmmuV3.Tests.Driver;

public class MasterFeaturesTests
{
    private readonly SmmuBench _bench = new();

    [Fact]
    [Trait("Fact", "T040")]
    public void Master_with_two_streams_cannot_enable_IOPF()
    {
        Device device = _bench.AddDevice(new SmmuMasterDescription([1, 2], DmaCanStall: true, PasidBits: 0));

        Assert.Equal(Errno.ENODEV, _bench.Driver.EnableFeature(device, IommuFeature.Iopf));
    }

    [Fact]
    [Trait("Fact", "T041")]
    public void Master_that_cannot_stall_cannot_enable_IOPF()
    {
        Device device = _bench.AddDevice(new SmmuMasterDescription(1));

        Assert.Equal(Errno.ENODEV, _bench.Driver.EnableFeature(device, IommuFeature.Iopf));
    }

    [Fact]
    [Trait("Fact", "T042")]
    public void IOPF_is_enabled_once()
    {
        Device device = _bench.AddStallingDevice();

        Assert.Equal(Errno.None, _bench.Driver.EnableFeature(device, IommuFeature.Iopf));
        Assert.Equal(Errno.EBUSY, _bench.Driver.EnableFeature(device, IommuFeature.Iopf));
        Assert.True(_bench.Driver.IsFeatureEnabled(device, IommuFeature.Iopf));
    }

    [Fact]
    [Trait("Fact", "T043")]
    public void IOPF_that_is_off_is_not_disabled()
    {
        Device device = _bench.AddStallingDevice();

        Assert.Equal(Errno.EINVAL, _bench.Driver.DisableFeature(device, IommuFeature.Iopf));
    }

    [Fact]
    [Trait("Fact", "T044")]
    public void IOPF_stays_on_while_SVA_needs_it()
    {
        Device device = DeviceWithSva();

        Assert.Equal(Errno.EBUSY, _bench.Driver.DisableFeature(device, IommuFeature.Iopf));
        Assert.Equal(Errno.None, _bench.Driver.DisableFeature(device, IommuFeature.Sva));
        Assert.Equal(Errno.None, _bench.Driver.DisableFeature(device, IommuFeature.Iopf));
    }

    [Fact]
    [Trait("Fact", "T045")]
    public void SVA_of_a_stalling_master_needs_IOPF_first()
    {
        Device device = _bench.AddStallingDevice(pasidBits: 8);

        Assert.Equal(Errno.EINVAL, _bench.Driver.EnableFeature(device, IommuFeature.Sva));
    }

    [Fact]
    [Trait("Fact", "T046")]
    public void SVA_that_finds_another_handler_fails_and_leaves_the_queue()
    {
        Device device = _bench.AddStallingDevice(pasidBits: 8);
        _bench.Driver.EnableFeature(device, IommuFeature.Iopf);
        _bench.Handle(device);

        Errno result = _bench.Driver.EnableFeature(device, IommuFeature.Sva);

        Assert.Equal(Errno.EBUSY, result);
        Assert.False(_bench.Driver.IsFeatureEnabled(device, IommuFeature.Sva));
        Assert.Equal(Errno.EINVAL, _bench.Smmu.Faults.Remove(device));
    }

    [Fact]
    public void SVA_needs_PASIDs()
    {
        Device device = _bench.AddStallingDevice();
        _bench.Driver.EnableFeature(device, IommuFeature.Iopf);

        Assert.Equal(Errno.ENODEV, _bench.Driver.EnableFeature(device, IommuFeature.Sva));
    }

    [Fact]
    public void Device_no_SMMU_knows_has_no_feature()
    {
        Device stranger = new(_bench.Kernel, "stranger", _bench.Bus);

        Assert.Equal(Errno.ENODEV, _bench.Driver.EnableFeature(stranger, IommuFeature.Iopf));
        Assert.False(_bench.Driver.IsFeatureEnabled(stranger, IommuFeature.Iopf));
    }

    [Fact]
    [Trait("Fact", "T071")]
    public void Interrupt_remapping_is_not_the_SMMUs_affair()
    {
        Assert.False(_bench.Driver.IsCapable(IommuCapability.InterruptRemapping));
        Assert.True(_bench.Driver.IsCapable(IommuCapability.CacheCoherency));
    }

    [Fact]
    public void SVA_without_page_faults_needs_neither_queue_nor_handler()
    {
        Device device = _bench.AddDevice(new SmmuMasterDescription(1, dmaCanStall: false, pasidBits: 8));

        Assert.Equal(Errno.None, _bench.Driver.EnableFeature(device, IommuFeature.Sva));

        Assert.True(_bench.Driver.IsFeatureEnabled(device, IommuFeature.Sva));
        Assert.False(device.Iommu!.HasFaultHandler);
        Assert.Equal(Errno.EINVAL, _bench.Smmu.Faults.Remove(device));
        Assert.Equal(Errno.None, _bench.Driver.DisableFeature(device, IommuFeature.Sva));
    }

    [Fact]
    public void IOPF_sets_up_neither_queue_nor_handler_and_SVA_both()
    {
        Device device = _bench.AddStallingDevice(pasidBits: 8);

        _bench.Driver.EnableFeature(device, IommuFeature.Iopf);
        Assert.False(device.Iommu!.HasFaultHandler);
        Assert.Equal(Errno.ENODEV, _bench.Smmu.Faults.Flush(device));

        _bench.Driver.EnableFeature(device, IommuFeature.Sva);
        Assert.True(device.Iommu.HasFaultHandler);
        Assert.Equal(Errno.None, _bench.Smmu.Faults.Flush(device));

        _bench.Driver.DisableFeature(device, IommuFeature.Sva);
        Assert.False(device.Iommu.HasFaultHandler);
        Assert.Equal(Errno.ENODEV, _bench.Smmu.Faults.Flush(device));
    }

    [Fact]
    public void SVA_is_enabled_once_and_disabled_once()
    {
        Device device = DeviceWithSva();

        Assert.Equal(Errno.EBUSY, _bench.Driver.EnableFeature(device, IommuFeature.Sva));
        Assert.Equal(Errno.None, _bench.Driver.DisableFeature(device, IommuFeature.Sva));
        Assert.Equal(Errno.EINVAL, _bench.Driver.DisableFeature(device, IommuFeature.Sva));
        Assert.Equal(Errno.None, _bench.Driver.EnableFeature(device, IommuFeature.Sva));
    }

    [Fact]
    public void SVA_of_a_device_in_another_fault_queue_is_EBUSY_and_registers_nothing()
    {
        Device device = _bench.AddStallingDevice(pasidBits: 8);
        _bench.Driver.EnableFeature(device, IommuFeature.Iopf);
        (_, ArmSmmuDevice other) = _bench.AddSmmu("smmu1");
        other.Faults.Add(device);

        Assert.Equal(Errno.EBUSY, _bench.Driver.EnableFeature(device, IommuFeature.Sva));

        Assert.False(device.Iommu!.HasFaultHandler);
        Assert.False(_bench.Driver.IsFeatureEnabled(device, IommuFeature.Sva));
    }

    [Fact]
    public void SVA_goes_away_even_while_its_handler_cannot()
    {
        Device device = DeviceWithSva();
        IommuFault fault = IommuFault.PageRequest(FaultStage.Stage1, new Iova(0x5000), FaultPermissions.Read, groupId: 9);
        Assert.Equal(Errno.None, _bench.Get<DeviceFaultReporter>().Report(device, fault));

        Assert.Equal(Errno.None, _bench.Driver.DisableFeature(device, IommuFeature.Sva));

        Assert.True(device.Iommu!.HasFaultHandler);
        Assert.Equal(Errno.ENODEV, _bench.Smmu.Faults.Flush(device));
    }

    [Fact]
    public void Features_the_SMMU_does_not_have_are_ENODEV_to_switch_on_and_EINVAL_to_switch_off()
    {
        Device device = _bench.AddStallingDevice(pasidBits: 8);

        Assert.Equal(Errno.ENODEV, _bench.Driver.EnableFeature(device, IommuFeature.Aux));
        Assert.Equal(Errno.EINVAL, _bench.Driver.DisableFeature(device, IommuFeature.Aux));
        Assert.False(_bench.Driver.IsFeatureEnabled(device, IommuFeature.Aux));
    }

    [Fact]
    public void Device_no_SMMU_knows_has_no_feature_to_switch_off() =>
        Assert.Equal(
            Errno.EINVAL,
            _bench.Driver.DisableFeature(new Device(_bench.Kernel, "stranger", _bench.Bus), IommuFeature.Iopf));

    private Device DeviceWithSva()
    {
        Device device = _bench.AddStallingDevice(pasidBits: 8);
        Assert.Equal(Errno.None, _bench.Driver.EnableFeature(device, IommuFeature.Iopf));
        Assert.Equal(Errno.None, _bench.Driver.EnableFeature(device, IommuFeature.Sva));
        return device;
    }
}
