using Iopf.Kernel;
using Iopf.Scenarios;

namespace Iopf.Cli.Tests.Fakes;

/// <summary>Knows one scenario, remembers what it was asked for, and answers with a prepared run.</summary>
internal sealed class FakeScenarioRunner : IScenarioRunner
{
    public const string Name = "one-fault";

    public IReadOnlyList<ScenarioInfo> BuiltIn { get; } = [new(Name, "One DMA faults and is served.", 2), new("other", "Another.", null)];

    public string Schema => """{"type": "object"}""";

    public Func<RunRequest, RunResult> Answer { get; set; } = _ => SampleRuns.Clean;

    public RunRequest? LastRequest { get; private set; }

    public string TextOf(string name) => name == Name ? """{"name": "one-fault"}""" : throw new InputException($"--show {name}: unknown");

    public Scenario Load(string nameOrPath) =>
        nameOrPath == Name
            ? ScenarioFile.Parse(Name, """{"name": "one-fault", "about": "x", "machine": {"devices": [{"name": "nic0", "stream_id": "0x10", "group": 1}]}, "steps": [{"op": "wait"}]}""")
            : throw new InputException($"{nameOrPath}: there is no such scenario");

    public RunResult Execute(RunRequest request)
    {
        LastRequest = request;
        return Answer(request);
    }
}
