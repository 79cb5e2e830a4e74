using System.Text.Json;
using Iopf.Machine;
using Iopf.Replay;

namespace Iopf.Cli.Tests.Fakes;

/// <summary>Runs command lines in this process, in a working directory of their own, and keeps what they print.</summary>
internal sealed class CliHarness : IDisposable
{
    public string Directory { get; } = System.IO.Directory.CreateTempSubdirectory("iopf-").FullName;

    public FakeScenarioRunner Scenarios { get; } = new();

    /// <summary>Runs scenarios instead of <see cref="Scenarios"/>, if anybody does.</summary>
    public IScenarioRunner? Runner { get; init; }

    public Func<RecordingHeader, IType1Replayer> CreateReplayer { get; set; } = _ => new RecordedReplayer();

    public bool ShowStackTraces { get; set; }

    public bool IsWatched { get; init; }

    public TextWriter? Output { get; set; }

    public byte[] Input { get; set; } = [];

    /// <summary>What standard input is, if it is not <see cref="Input"/>.</summary>
    public Stream? InputStream { get; set; }

    /// <summary>What Ctrl-C does while a command listens to it.</summary>
    public Action? Interrupt { get; private set; }

    public CliOutcome Run(params string[] args)
    {
        StringWriter output = new() { NewLine = "\n" };
        StringWriter error = new() { NewLine = "\n" };
        Terminal terminal = new(Output ?? output, error, Directory, ShowStackTraces)
        {
            Input = () => InputStream ?? new MemoryStream(Input),
            IsWatched = IsWatched,
            OnInterrupt = act =>
            {
                Interrupt = act;
                return new MemoryStream();
            },
        };
        int exitCode = new IopfCommandLine(terminal, Runner ?? Scenarios, CreateReplayer).Run(args);
        return new CliOutcome(exitCode, output.ToString(), error.ToString());
    }

    public JsonElement RunJson(params string[] args)
    {
        CliOutcome outcome = Run(args);
        return JsonDocument.Parse(outcome.Output).RootElement;
    }

    public string Write(string name, string text)
    {
        string path = Path.Combine(Directory, name);
        File.WriteAllText(path, text);
        return path;
    }

    public void Dispose() => System.IO.Directory.Delete(Directory, recursive: true);

    private sealed class RecordedReplayer : IType1Replayer
    {
        public IReadOnlyList<Violation> Violations => [];

        public RecordedAnswer Answer(RecordedOperation operation) => operation.Answer;
    }
}
