using System.Text;
using System.Text.Json;
using Iopf.Kernel;
using Iopf.Views;

namespace Iopf.Cli.Output;

/// <summary>One form a run can be looked at in.</summary>
/// <param name="Name">What <c>--format</c> calls it.</param>
/// <param name="About">What it is, for the help.</param>
/// <param name="Subject">What it is about.</param>
/// <param name="Lines">Its lines.</param>
internal sealed record TraceFormat(string Name, string About, TraceSubject Subject, Func<TraceOfRun, IEnumerable<string>> Lines)
{
    /// <summary>All of them; the first is the default.</summary>
    public static IReadOnlyList<TraceFormat> All { get; } =
    [
        new("text", "a line for each step, indented by layer", TraceSubject.Run, run => TextTrace.Lines(run.Events)),
        new("ftrace", "the text of Linux's tracing", TraceSubject.Run, run => FtraceTrace.Lines(run.Events)),
        new("jsonl", "a JSON object for each step", TraceSubject.Run, run => JsonLinesTrace.Lines(run.Events)),
        new("perfetto", "Chrome trace JSON for ui.perfetto.dev", TraceSubject.Run, run => [Perfetto(run)]),
        new("mermaid", "sequence diagram of one fault", TraceSubject.Fault, run => MermaidDiagram.Lines(run.Diagram())),
        new("sequence", "the same, drawn as SVG", TraceSubject.Fault, run => [SequencePicture.Draw(run.Diagram()).ToString()]),
        new("svg", "pages, pins and page tables at one moment", TraceSubject.Moment, run => [StatePicture.Draw(run.State()).ToString()]),
        new("dot", "the same as a Graphviz graph", TraceSubject.Moment, run => StateGraph.Lines(run.State())),
    ];

    /// <summary>Finds a form.</summary>
    /// <param name="name">Its name; <see langword="null"/> for the default.</param>
    /// <returns>The form.</returns>
    /// <exception cref="InputException">There is none of that name.</exception>
    public static TraceFormat Find(string? name) =>
        name is null
            ? All[0]
            : All.FirstOrDefault(format => format.Name == name)
                ?? throw new InputException($"--format {name}: there is no such form of a trace; expected one of {string.Join(", ", All.Select(format => format.Name))}");

    private static string Perfetto(TraceOfRun run)
    {
        using MemoryStream buffer = new();
        using (Utf8JsonWriter writer = new(buffer))
        {
            PerfettoTrace.Write(writer, run.Events);
        }

        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }
}
