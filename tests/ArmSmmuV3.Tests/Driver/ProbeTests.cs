using Iopf.ArmSmmuV3.Driver;
using Iopf.ArmSmmuV3.Hardware;
using Iopf.Iommu;
using Iopf.Kernel;

namespace Iopf.ArmSmmuV3.Tests.Driver;

public class ProbeTests
{
    [Theory]
    [InlineData(16)]
    [InlineData(8)]
    public void Probed_device_is_aborted_until_it_is_attached(int streamIdBits)
    {
        SmmuBench bench = new(options: o => o.StreamIdBits = streamIdBits);
        Device device = bench.AddStallingDevice();

        Assert.Equal(DmaOutcome.Aborted, bench.Dma(0x1000));
        Assert.Equal(StreamConfig.Abort, bench.EntryOf(SmmuBench.StreamId).Config);
        Assert.Same(bench.Driver, device.Iommu!.Driver);
        Assert.Equal(streamIdBits > 8, bench.Smmu.Streams.HasTwoLevels);
    }

    [Fact]
    public void Stream_ID_beyond_the_table_fails_with_ERANGE_and_leaves_nothing_behind()
    {
        SmmuBench bench = new();
        Device device = new(bench.Kernel, "dev", bench.Bus);

        Assert.Equal(Errno.ERANGE, bench.Driver.Probe(device, bench.Smmu, new SmmuMasterDescription([5, 0x10000], false, 0)));
        Assert.Null(device.Iommu);
        Assert.Equal(Errno.None, bench.Driver.Probe(device, bench.Smmu, new SmmuMasterDescription(5)));
    }

    [Fact]
    public void Stream_ID_of_another_device_fails_with_EINVAL()
    {
        SmmuBench bench = new();
        bench.AddStallingDevice(5);
        Device other = new(bench.Kernel, "dev", bench.Bus);

        Assert.Equal(Errno.EINVAL, bench.Driver.Probe(other, bench.Smmu, new SmmuMasterDescription(5)));
    }

    [Fact]
    public void Removed_device_is_aborted_and_its_stream_is_free_again()
    {
        SmmuBench bench = new();
        Device device = bench.AddStallingDevice();
        bench.Attach(device);

        bench.Driver.Remove(device);

        Assert.Equal(StreamConfig.Abort, bench.EntryOf(SmmuBench.StreamId).Config);
        Assert.Null(device.Iommu);
        bench.AddStallingDevice();
    }

    [Theory]
    [InlineData(StallModel.StallOrTerminate, true, true)]
    [InlineData(StallModel.StallOrTerminate, false, false)]
    [InlineData(StallModel.TerminateOnly, true, false)]
    [InlineData(StallModel.StallForced, false, true)]
    public void Master_stalls_if_firmware_and_SMMU_agree_or_the_SMMU_insists(StallModel model, bool dmaCanStall, bool expected)
    {
        SmmuBench bench = new(options: o => o.StallModel = model);
        Device device = bench.AddDevice(new SmmuMasterDescription(1, dmaCanStall));

        Assert.Equal(expected, ArmSmmuMaster.Of(device)!.StallEnabled);
    }

    [Fact]
    public void Substream_bits_are_what_device_and_SMMU_both_have()
    {
        SmmuBench bench = new(options: o => o.SubstreamBits = 6);
        Device device = bench.AddStallingDevice(pasidBits: 20);

        Assert.Equal(6, ArmSmmuMaster.Of(device)!.SsidBits);
    }
}
