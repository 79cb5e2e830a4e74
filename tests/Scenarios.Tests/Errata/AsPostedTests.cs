using Iopf.Kernel;
using Iopf.Views;
using Microsoft.Extensions.DependencyInjection;

namespace Iopf.Scenarios.Tests.Errata;

/// <summary>The posted classes do what the corrected ones do while none of their defects is on: what they hold cannot drift from what it stands beside.</summary>
public sealed class AsPostedTests
{
    // What a workload measures on this machine.
    private static readonly HashSet<string> Measured = ["managed_bytes", "peak_bytes", "guest_bytes", "entered_bytes", "added_bytes", "ratio"];

    public static TheoryData<string> Scenarios => [.. ScenarioFile.BuiltIn.Select(scenario => scenario.Name)];

    [Theory]
    [MemberData(nameof(Scenarios))]
    public void Without_errata_the_posted_classes_run_a_scenario_as_the_corrected_ones_do(string name)
    {
        Scenario scenario = ScenarioFile.Load(name);

        (RunResult Result, string Trace) corrected = Run(scenario, null);
        (RunResult Result, string Trace) posted = Run(scenario, static services => services.AddIommuErrata(ErrataSet.All).AddVfioType1Errata(ErrataSet.All));

        // A workload runs on hosts of its own, which are not traced.
        Assert.True(ScenarioFile.BuiltIn.Single(info => info.Name == name).HasWorkload || corrected.Trace.Length > 0);
        Assert.Equal(corrected.Trace, posted.Trace);
        Assert.Equivalent(corrected.Result, posted.Result, strict: true);
    }

    private static (RunResult Result, string Trace) Run(Scenario scenario, Action<IServiceCollection>? services)
    {
        List<TraceEvent> trace = [];
        RunResult result = ScenarioRun.Execute(new RunRequest(scenario) { Trace = trace.Add, Errata = ErrataSet.None, Services = services });
        result = result with { Operations = [.. result.Operations.Select(Unmeasured)] };
        return (result, string.Join('\n', JsonLinesTrace.Lines(trace)));
    }

    private static RunOperation Unmeasured(RunOperation operation) =>
        operation with { Details = [.. operation.Details.Where(detail => !Measured.Contains(detail.Key))] };
}
