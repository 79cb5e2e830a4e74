using Iopf.Kernel;
using Iopf.Views;

namespace Iopf.Scenarios.Tests.Views;

public sealed class FaultFlowTests
{
    private static readonly TracePointKind[] WholeWay =
    [
        TracePointKind.Stall, TracePointKind.EventRecorded, TracePointKind.EventRead, TracePointKind.FaultReported,
        TracePointKind.FaultHandled, TracePointKind.FaultAnswered, TracePointKind.Resume,
    ];

    [Theory]
    [InlineData("first-fault", 2)]
    [InlineData("sva-process", 2)]
    [InlineData("two-containers", 2)]
    public void Every_served_fault_goes_the_whole_way_from_its_stall_to_its_resume(string scenario, int leastCount)
    {
        Looks looks = Looks.At(scenario);

        Assert.InRange(looks.Flows.Count, leastCount, int.MaxValue);
        Assert.All(looks.Flows, flow => Assert.True(flow.IsEnded));
        Assert.All(looks.Flows, flow => Assert.Equal(WholeWay, flow.Steps.Select(step => looks.Events[step].Point.Kind)));
        Assert.All(looks.Flows, flow => Assert.Equal(TracePointKind.DmaBegin, looks.Events[flow.Dma].Point.Kind));
    }

    [Fact]
    public void Stage_1_fault_of_a_guest_is_answered_without_a_handler_of_type1()
    {
        Looks looks = Looks.At("nested-guest-fault");

        Assert.Contains(looks.Flows, flow => flow.Steps.All(step => looks.Events[step].Point.Kind != TracePointKind.FaultHandled));
    }

    [Fact]
    public void Diagram_of_a_fault_begins_with_its_DMA_and_ends_with_the_end_of_the_DMA()
    {
        Looks looks = Looks.At("first-fault");

        SequenceDiagram diagram = SequenceDiagram.Of(looks.Events, looks.Flows[1]);

        Assert.Equal(("write", "write"), (diagram.Messages[0].Function, diagram.Messages[^1].Function));
        Assert.Equal(["nic0", "smmu0", "SMMU driver", "iommu core", "type1", "host memory"], diagram.Participants);
        Assert.Equal(8_500, diagram.Messages.First(message => message.Function == "arm_smmu_handle_evt").Waited);
    }
}
