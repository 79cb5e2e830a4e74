using Iopf.Patches;

namespace Iopf.Scenarios.Tests.Properties;

/// <summary>One run of the built-in scenario "random": what is chosen for it, and the command that repeats it.</summary>
/// <param name="Seed">The seed of its steps.</param>
/// <param name="Subset">The patches that are on, patch 1 in bit 0.</param>
/// <param name="Premap">The pre-map length.</param>
public sealed record RandomRun(ulong Seed, int Subset, int Premap)
{
    private string Patches => Subset == 0 ? "none" : string.Join(',', Enumerable.Range(1, 8).Where(number => (Subset >> (number - 1) & 1) != 0));

    /// <summary>Runs it.</summary>
    public RunResult Execute() => ScenarioRun.Execute(new RunRequest(
        ScenarioFile.Load("random"),
        PatchSpec.Parse(Patches),
        new Dictionary<string, string> { ["Premap:Length"] = $"{Premap}" },
        Seed,
        Trace: null));

    /// <summary>The command that repeats it.</summary>
    public override string ToString() => $"iopf run random --seed {Seed} --patches {Patches} --set Premap:Length={Premap}";
}
