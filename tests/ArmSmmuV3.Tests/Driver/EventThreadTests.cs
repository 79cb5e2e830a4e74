using Iopf.ArmSmmuV3.Driver;
using Iopf.ArmSmmuV3.Hardware;
using Iopf.Iommu;
using Iopf.Kernel;

namespace Iopf.ArmSmmuV3.Tests.Driver;

public class EventThreadTests
{
    private readonly SmmuBench _bench = new();

    [Fact]
    [Trait("Fact", "T064")]
    public void Overflow_is_said_once_and_every_record_that_was_kept_is_handled()
    {
        List<string> said = [];
        _bench.Kernel.Trace.Subscribe(step =>
        {
            if (step.Text.Contains("overflow", StringComparison.Ordinal))
            {
                said.Add(step.Text);
            }
        });
        Device device = _bench.AddDevice(new SmmuMasterDescription(SmmuBench.StreamId));
        _bench.Attach(device);
        RecordingHandler handler = _bench.Handle(device);
        for (int i = 0; i < 130; i++)
        {
            _bench.Dma(0x1000);
        }

        _bench.Run();

        Assert.Equal(1, _bench.Smmu.EventOverflows);
        Assert.Single(said);
        Assert.Equal(128, handler.Faults.Count);
    }

    [Fact]
    public void Second_overflow_is_noticed_after_the_first_was_acknowledged_by_a_later_record()
    {
        _bench.Attach(_bench.AddDevice(new SmmuMasterDescription(SmmuBench.StreamId)));
        Burst(130);
        Burst(1);

        Burst(130);

        Assert.Equal(2, _bench.Smmu.EventOverflows);
    }

    [Fact]
    public void Slot_of_a_record_is_free_before_the_record_is_handled()
    {
        Device device = _bench.AddStallingDevice();
        _bench.Attach(device);
        ulong consumerSeen = 0;
        _bench.Handlers.Register(
            device,
            new ObservingHandler(() => consumerSeen = _bench.Hardware.ReadRegister(SmmuRegister.EVENTQ_CONS)),
            FaultReportCapabilities.Flat);

        _bench.Dma(0x1000);
        _bench.Run();

        Assert.Equal(1UL, consumerSeen);
    }

    [Fact]
    public void Rejected_command_is_replaced_and_the_queue_goes_on()
    {
        ArmSmmuDomain domain = _bench.Attach(_bench.AddStallingDevice());

        _bench.Smmu.Commands.Insert(new SmmuCommand(0xff, 0));

        Assert.Equal(1, _bench.Smmu.RejectedCommands);
        domain.Map(new Iova(0x7000), _bench.NewPage(), Page.Size, IommuProt.Read);
        Assert.Equal(Page.Size, domain.Unmap(new Iova(0x7000), Page.Size));
        Assert.Equal(0, _bench.Smmu.CommandTimeouts);
    }

    private void Burst(int transactions)
    {
        for (int i = 0; i < transactions; i++)
        {
            _bench.Dma(0x1000);
        }

        _bench.Run();
    }

    private sealed class ObservingHandler(Action action) : IDeviceFaultHandler
    {
        public Errno Handle(Device device, IommuFault fault)
        {
            action();
            return Errno.None;
        }
    }
}
