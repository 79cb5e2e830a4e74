using Iopf.Kernel;
using Iopf.Machine;

namespace Iopf.Scenarios;

/// <summary>A scenario: a machine and what happens on it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="About">What it shows and what to watch.</param>
/// <param name="Source">The file it was read from, or the name of a built-in scenario.</param>
/// <param name="Patch">The patch whose effect it shows, if it is about one.</param>
/// <param name="Patches">The patch specification it asks for; <see langword="null"/> for all.</param>
/// <param name="Settings">Options by "Section:Name".</param>
/// <param name="Machine">The machine.</param>
/// <param name="Steps">What happens, in order.</param>
public sealed record Scenario(
    string Name,
    string About,
    string Source,
    int? Patch,
    string? Patches,
    IReadOnlyDictionary<string, string> Settings,
    MachineSpec Machine,
    IReadOnlyList<ScenarioStep> Steps)
{
    /// <summary>Whether it runs a workload: for seconds, on hosts of its own.</summary>
    public bool HasWorkload => Steps.Any(static step => step.Op == "workload");

    /// <summary>How many operations its threads do side by side, repeats counted.</summary>
    public long OperationsOfThreads => Steps.Sum(static step => step.Threads.Sum(static thread => thread.Value.Sum(Operations)));

    /// <summary>The errata specification it asks for; <see langword="null"/> for none.</summary>
    public string? Errata { get; init; }

    /// <summary>The defects of the posted code that go wrong in some order of its threads.</summary>
    public ErrataSet Concerns { get; init; }

    private static long Operations(ScenarioStep step) => step.Steps.Count == 0 ? 1 : (long)step.Number("n") * step.Steps.Sum(Operations);
}
