using System.Text.RegularExpressions;
using Iopf.Replay;
using Iopf.TestKit;

namespace Iopf.Cli.Tests;

/// <summary>Every command that the README and the pages of docs show, run as it stands there.</summary>
public sealed partial class ReadmeCommandTests
{
    private static readonly string Readme = Repository.Read("README.md");
    private static readonly string Commands = Repository.Read("docs/commands.md");
    private static readonly string Shows = Readme + Commands + Repository.Read("docs/compare.md") + Repository.Read("docs/decode.md");

    public static TheoryData<string> ShownCommands { get; } = [.. Shown().Matches(Shows).Select(shown => shown.Groups["args"].Value)];

    public static TheoryData<string> NamedCommands { get; } = [.. Named().Matches(Readme + Commands).Select(named => named.Groups["args"].Value).Distinct()];

    /// <summary>What commands printed: one that is shown and named as well runs once.</summary>
    private static readonly Dictionary<string, (int ExitCode, string Printed)> Runs = [];

    [Theory]
    [MemberData(nameof(ShownCommands))]
    public void A_shown_command_prints_what_the_page_shows(string args)
    {
        string output = Shown().Matches(Shows).Single(shown => shown.Groups["args"].Value == args).Groups["output"].Value;
        (int exitCode, string printed) = Run(args);

        Assert.InRange(exitCode, ExitCode.Done, ExitCode.Difference);
        Assert.Equal(output.TrimEnd(), printed.TrimEnd());
    }

    [Theory]
    [MemberData(nameof(NamedCommands))]
    public void A_named_command_is_accepted(string args)
    {
        (int exitCode, string printed) = Run(args);

        Assert.InRange(exitCode, ExitCode.Done, ExitCode.Difference);
        Assert.NotEmpty(printed);
    }

    [Fact]
    public void The_pages_show_and_name_commands()
    {
        Assert.Equal(6, ShownCommands.Count);
        Assert.Equal(27, NamedCommands.Count);
    }

    private static (int ExitCode, string Printed) Run(string args)
    {
        if (!Runs.TryGetValue(args, out (int ExitCode, string Printed) run))
        {
            run = RunNow(args);
            Runs.Add(args, run);
        }

        return run;
    }

    private static (int ExitCode, string Printed) RunNow(string args)
    {
        StringWriter output = new() { NewLine = "\n" };
        Terminal terminal = new(output, TextWriter.Null, Repository.Root, ShowStackTraces: false);
        string[] words = [.. args.Split(' ').SelectMany(Expanded)];
        int exitCode = new IopfCommandLine(terminal, new ModelScenarioRunner(), Type1Replayers.Create).Run(words);
        return (exitCode, output.ToString());
    }

    /// <summary>What a shell makes of a word with an asterisk, and a file of one's own for FILE.json.</summary>
    private static IEnumerable<string> Expanded(string word) =>
        word == "FILE.json" ? [Path.Combine(Repository.Root, "src/Scenarios/BuiltIn/first-fault.json")]
        : word.Contains('*', StringComparison.Ordinal)
            ? Directory.EnumerateFiles(Path.Combine(Repository.Root, Path.GetDirectoryName(word)!), Path.GetFileName(word)).Order(StringComparer.Ordinal)
            : [word];

    [GeneratedRegex(@"^\$ dotnet run -c Release --project tools/Cli -- (?<args>[^\n]*)\n(?<output>.*?)\n```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Shown();

    [GeneratedRegex(@"^\| `iopf (?<args>[^`]*)`", RegexOptions.Multiline)]
    private static partial Regex Named();
}
