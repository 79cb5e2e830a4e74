using Iopf.Kernel;
using Iopf.Patches;

namespace Iopf.Scenarios;

#pragma warning disable CS1591, CA1002 // The agreed surface only: the scenario room's files replace this one.

public sealed record ScenarioInfo(string Name, string About, int? Patch);

public sealed record Scenario(string Name);

public static class ScenarioFile
{
    public static IReadOnlyList<ScenarioInfo> BuiltIn { get; } = [];

    public static string Schema => "{}";

    public static Scenario Load(string nameOrPath) => throw new InputException($"there is no scenario '{nameOrPath}' in this build");
}

public sealed record RunRequest(
    Scenario Scenario,
    PatchSet? Patches,
    IReadOnlyDictionary<string, string> Settings,
    ulong Seed,
    Action<TraceEvent>? Trace);

public sealed record ResponseCounts(long Success, long Invalid, long Failure);

public sealed record RunViolation(string Invariant, string Operation, string Detail);

public sealed record RunOperation(
    int Index,
    string Op,
    string Text,
    string Result,
    string? Expected,
    bool Matched,
    IReadOnlyList<KeyValuePair<string, string>> Details);

public sealed record RunRow(string Config, int Premap, long Messages, long PublishedFaults, long Faults, string Note);

public sealed record RunResult
{
    public required string Scenario { get; init; }

    public PatchSet Patches { get; init; }

    public long Faults { get; init; }

    public ResponseCounts Responses { get; init; } = new(0, 0, 0);

    public long MappedPages { get; init; }

    public long PinnedPages { get; init; }

    public long LockedVm { get; init; }

    public long VirtualNanoseconds { get; init; }

    public IReadOnlyList<RunViolation> Violations { get; init; } = [];

    public IReadOnlyList<RunOperation> Operations { get; init; } = [];

    public IReadOnlyList<RunRow> Rows { get; init; } = [];

    public IReadOnlyList<string> Advice { get; init; } = [];
}

public static class ScenarioRun
{
    public static RunResult Execute(RunRequest request) => throw new InputException("this build cannot run scenarios");
}
