using System.Text.RegularExpressions;
using Iopf.Cli.Tests.Fakes;
using Iopf.TestKit;

namespace Iopf.Cli.Tests;

/// <summary>The pictures of docs/study.md and the commands that make them.</summary>
public sealed partial class StudyTests : IDisposable
{
    private static readonly string Study = Repository.Read("docs/study.md");

    private readonly CliHarness _cli = new();

    public void Dispose() => _cli.Dispose();

    [Fact]
    public void Every_picture_is_shown_with_the_command_that_makes_it()
    {
        string[] pictures = [.. Directory.EnumerateFiles(Path.Combine(Repository.Root, "docs/pictures"), "density-*.svg").Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal)];

        Assert.Equal(pictures, Shown().Matches(Study).Select(shown => shown.Groups["name"].Value).Distinct().Order(StringComparer.Ordinal));
        Assert.Equal(pictures, Commands().Select(command => Plotted(command)).Order(StringComparer.Ordinal));
    }

    /// <summary>The picture that takes least; eng/pictures makes all of them.</summary>
    [Fact]
    public void The_command_still_makes_the_picture()
    {
        string command = Commands().Single(command => command.Contains("density-resident.svg", StringComparison.Ordinal));

        CliOutcome outcome = _cli.Run([.. command.Split(' ').Select(word => word.EndsWith(".svg", StringComparison.Ordinal) ? "made.svg" : word)]);

        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        Assert.Equal(Repository.Read("docs/pictures/density-resident.svg"), File.ReadAllText(Path.Combine(_cli.Directory, "made.svg")));
    }

    private static IEnumerable<string> Commands() => Command().Matches(Study).Select(command => command.Groups["arguments"].Value).Where(arguments => arguments.Contains("--plot", StringComparison.Ordinal));

    private static string Plotted(string command) => Path.GetFileName(command.Split(' ').Single(word => word.EndsWith(".svg", StringComparison.Ordinal)));

    [GeneratedRegex(@"!\[[^\]]*\]\(pictures/(?<name>[^)]+)\)")]
    private static partial Regex Shown();

    [GeneratedRegex(@"^    iopf (?<arguments>density .*)$", RegexOptions.Multiline)]
    private static partial Regex Command();
}
