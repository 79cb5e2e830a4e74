using Iopf.Machine;
using Iopf.Scenarios;
using Iopf.Scenarios.Steps;

namespace Iopf.Workloads;

/// <summary>Whole programs as steps of a scenario, each on hosts of its own.</summary>
/// <param name="hosts">Where a workload gets its hosts.</param>
/// <param name="totals">What those hosts add to the run's numbers.</param>
internal sealed class WorkloadSteps(ModeledHostFactory hosts, RunTotals totals) : StepFamily
{
    private static readonly ulong[] PublishedMessages = [1, 100, 1000];

    /// <summary>The rows of the workloads so far.</summary>
    public List<RunRow> Rows { get; } = [];

    /// <summary>The promises that the hosts of workloads broke.</summary>
    public List<Violation> Violations { get; } = [];

    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, StepAction>> Operations => [Operation("workload", RunWorkload)];

    private StepOutcome RunWorkload(ScenarioStep step)
    {
        MemoryWorkload memory = new(hosts, totals);
        return (step.Has("name") ? step.Word("name") : "cover-letter") switch
        {
            "big-guest" => memory.BigGuest(WholeWindows(step.Number("bytes", 1UL << 34))),
            "idle-mapping" => memory.IdleMapping(WholeWindows(step.Number("bytes", 1UL << 40))),
            "many-containers" => memory.ManyContainers((int)step.Number("containers", 1000), (int)step.Number("mappings", 1000)),
            _ => RunCoverLetter(step),
        };
    }

    private static ulong WholeWindows(ulong bytes) => bytes & ~((1UL << 21) - 1);

    private StepOutcome RunCoverLetter(ScenarioStep step)
    {
        IReadOnlyList<string> configurations = step.Has("configs") ? step.Words("configs") : CoverLetter.Configurations;
        IReadOnlyList<ulong> messages = step.Has("messages") ? step.Numbers("messages") : PublishedMessages;
        List<RunRow> rows = [];
        foreach (string configuration in configurations)
        {
            rows.AddRange(messages.Select(count => CoverLetterRun.Execute(hosts, configuration, (int)count, totals, Violations)));
        }

        Rows.AddRange(rows);
        return StepOutcome.Of("0").With("rows", rows.Count).With("counts", string.Join(' ', rows.Select(row => row.Faults)));
    }
}
