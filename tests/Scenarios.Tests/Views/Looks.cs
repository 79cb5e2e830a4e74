using System.Text;
using System.Text.Json;
using Iopf.Kernel;
using Iopf.Machine;
using Iopf.Patches;
using Iopf.Views;

namespace Iopf.Scenarios.Tests.Views;

/// <summary>A built-in scenario, run and looked at in every way.</summary>
internal sealed class Looks
{
    private static readonly Dictionary<string, Looks> Known = [];

    private Looks(string scenario)
    {
        List<TraceEvent> events = [];
        Scenario loaded = ScenarioFile.Load(scenario);
        Result = ScenarioRun.Execute(new RunRequest(loaded, PatchSet.All, new Dictionary<string, string>(), Seed: 0, events.Add)
        {
            AfterOperation = (index, host) => States.Add(HostState.Of($"{scenario} after operation {index}", host)),
        });
        Events = events;
        Flows = FaultFlow.In(events);
    }

    public RunResult Result { get; }

    public IReadOnlyList<TraceEvent> Events { get; }

    public IReadOnlyList<FaultFlow> Flows { get; }

    public List<HostState> States { get; } = [];

    public static Looks At(string scenario)
    {
        lock (Known)
        {
            return Known.TryGetValue(scenario, out Looks? looks) ? looks : Known[scenario] = new Looks(scenario);
        }
    }

    public string As(string format) => format switch
    {
        "text" => Joined(TextTrace.Lines(Events)),
        "ftrace" => Joined(FtraceTrace.Lines(Events)),
        "jsonl" => Joined(JsonLinesTrace.Lines(Events)),
        "perfetto" => Perfetto(),
        "mermaid" => Joined(MermaidDiagram.Lines(SequenceDiagram.Of(Events, Flows[0]))),
        "sequence" => SequencePicture.Draw(SequenceDiagram.Of(Events, Flows[0])).ToString() + "\n",
        "svg" => StatePicture.Draw(States[^1]).ToString() + "\n",
        "dot" => Joined(StateGraph.Lines(States[^1])),
        _ => throw new ArgumentOutOfRangeException(nameof(format), format, "no such view"),
    };

    private static string Joined(IEnumerable<string> lines) => string.Concat(lines.Select(line => line + "\n"));

    private string Perfetto()
    {
        using MemoryStream buffer = new();
        using (Utf8JsonWriter writer = new(buffer))
        {
            PerfettoTrace.Write(writer, Events);
        }

        return Encoding.UTF8.GetString(buffer.ToArray()).Replace("},{\"ph\"", "},\n{\"ph\"", StringComparison.Ordinal) + "\n";
    }
}
