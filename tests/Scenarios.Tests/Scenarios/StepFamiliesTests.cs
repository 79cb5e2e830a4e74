using Iopf.Scenarios.Format;
using Iopf.Scenarios.Running;
using Iopf.Scenarios.Steps;
using Iopf.Workloads;

namespace Iopf.Scenarios.Tests.Scenarios;

public class StepFamiliesTests
{
    [Fact]
    public void Every_operation_of_the_format_can_be_executed_and_no_other()
    {
        OpenFiles files = new();
        WorkloadSteps workloads = new(null!, new RunTotals());

        IEnumerable<string> executed = ScenarioRunner.Families(null!, files, workloads)
            .SelectMany(family => family.Operations)
            .Select(operation => operation.Key)
            .Append("repeat")
            .Append("parallel")
            .Append("random");

        Assert.Equal(OperationTable.Names.Order(), executed.Order());
    }
}
