using Iopf.ArmSmmuV3.Driver;
using Iopf.ArmSmmuV3.Hardware;
using Iopf.ArmSmmuV3.Patches.FaultReporting;
using Iopf.Iommu;
using Iopf.Kernel;
using Microsoft.Extensions.DependencyInjection;

namespace Iopf.ArmSmmuV3.Tests.Driver;

/// <summary>The same stage-2 faults without and with patch 1, the patch alone.</summary>
public class FaultReportingPatchTests
{
    private const ulong Address = 0x1234_5678;

    [Fact]
    public void Baseline_aborts_a_stage_2_fault_and_refuses_its_event()
    {
        SmmuBench bench = new();
        RecordingHandler handler = Fault(bench, out DmaOutcome outcome);

        Assert.Equal(DmaOutcome.Aborted, outcome);
        Assert.Empty(handler.Faults);
        Assert.Equal(1, bench.Smmu.UnhandledEvents);
    }

    [Fact]
    public void Patched_driver_stalls_a_stage_2_fault_and_reports_it_at_its_page()
    {
        SmmuBench bench = new(services => services.AddFaultReporting());
        RecordingHandler handler = Fault(bench, out DmaOutcome outcome);

        Assert.Equal(DmaOutcome.Stalled, outcome);
        IommuFault fault = Assert.Single(handler.Faults);
        Assert.Equal(FaultType.PageRequest, fault.Type);
        Assert.Equal(FaultStage.Stage2, fault.Stage);
        Assert.Equal(new Iova(Address).PageStart, fault.Address);
    }

    [Fact]
    public void Patched_driver_completes_a_stage_2_fault_once_its_page_is_mapped()
    {
        SmmuBench bench = new(services => services.AddFaultReporting());
        Device device = bench.AddStallingDevice();
        ArmSmmuDomain domain = bench.Attach(device, nesting: true);
        RecordingHandler handler = bench.Handle(device, capabilities: FaultReportCapabilities.NestedLevel2);
        bench.Dma(Address);
        bench.Run();
        ulong page = bench.NewPage();

        domain.Map(handler.Faults[0].Address, page, Page.Size, IommuProt.Read);
        bench.Responder.Respond(device, new PageResponse(handler.Faults[0].GroupId, null, PageResponseCode.Success));

        Assert.Equal([(1, page + 0x678)], bench.Engine.Done);
    }

    [Fact]
    public void Patched_driver_does_not_stall_a_master_that_cannot()
    {
        SmmuBench bench = new(services => services.AddFaultReporting());
        Device device = bench.AddDevice(new SmmuMasterDescription(SmmuBench.StreamId));
        bench.Attach(device, nesting: true);
        RecordingHandler handler = bench.Handle(device, capabilities: FaultReportCapabilities.NestedLevel2);

        Assert.Equal(DmaOutcome.Aborted, bench.Dma(Address));
        bench.Run();

        IommuFault fault = Assert.Single(handler.Faults);
        Assert.Equal((FaultType.Unrecoverable, FaultStage.Stage2), (fault.Type, fault.Stage));
        Assert.Equal(new Iova(Address).PageStart, fault.Address);
    }

    [Fact]
    public void Patched_driver_keeps_the_input_address_of_a_stage_1_fault()
    {
        SmmuBench bench = new(services => services.AddFaultReporting());
        Device device = bench.AddStallingDevice();
        bench.Attach(device);
        RecordingHandler handler = bench.Handle(device);

        bench.Dma(Address);
        bench.Run();

        IommuFault fault = Assert.Single(handler.Faults);
        Assert.Equal(FaultStage.Stage1, fault.Stage);
        Assert.Equal(new Iova(Address), fault.Address);
    }

    [Fact]
    public void Patched_driver_aborts_a_stage_2_stall_that_nobody_asked_for()
    {
        SmmuBench bench = new(services => services.AddFaultReporting());
        Device device = bench.AddStallingDevice();
        bench.Attach(device, nesting: true);
        RecordingHandler handler = bench.Handle(device, capabilities: FaultReportCapabilities.NestedLevel1);

        bench.Dma(Address);
        bench.Run();

        Assert.Empty(handler.Faults);
        Assert.Equal([1], bench.Engine.Refused);
    }

    [Fact]
    public void IPA_field_is_masked_in_place_where_the_field_macro_would_have_shifted_it()
    {
        EventRecord record = new(0, 0, 0, 0x0000_0000_1234_5FFF);

        Assert.Equal(0x1234_5000UL, record.Ipa);
        Assert.Equal(0x12345UL, record.Ipa >> 12);
        Assert.Equal(new Iova(0x1234_5000), new ReportStage2Events(new HostKernel()).AddressOf(record).Value);
    }

    private static RecordingHandler Fault(SmmuBench bench, out DmaOutcome outcome)
    {
        Device device = bench.AddStallingDevice();
        bench.Attach(device, nesting: true);
        RecordingHandler handler = bench.Handle(device, capabilities: FaultReportCapabilities.NestedLevel2);
        outcome = bench.Dma(Address);
        bench.Run();
        return handler;
    }
}
