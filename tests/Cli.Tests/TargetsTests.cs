using Iopf.Cli.Tests.Fakes;

namespace Iopf.Cli.Tests;

/// <summary>Files that a long work is to fill: what cannot be written is found before it begins.</summary>
public sealed class TargetsTests : IDisposable
{
    private const string Long = "LONG";
    private static readonly string TooLong = new('x', 300);

    private readonly CliHarness _cli = new() { IsWatched = true };

    public void Dispose() => _cli.Dispose();

    [Theory]
    [InlineData("sweep one-fault --over seed=1..3 --out LONG.csv", "--out LONG.csv: cannot be written: ")]
    [InlineData("sweep one-fault --over seed=1..3 --out LONG.db", "--out LONG.db: cannot be written: ")]
    [InlineData("sweep one-fault --over seed=1..3 --out n.csv --plot LONG.svg", "--plot LONG.svg: cannot be written: ")]
    [InlineData("sweep one-fault --over seed=1..3 --out n.csv --plot no/such/n.html", "--plot no/such/n.html: cannot be written: there is no such directory")]
    [InlineData("sweep one-fault --over seed=1..3 --out /proc/n.csv", "--out /proc/n.csv: expected a file, found a device; ")]
    [InlineData("sweep one-fault --over patches=none,all --plot n.svg --x patches", "--plot n.svg: nothing that varies is a number; expected one more --over, ")]
    [InlineData("density --guests 1 --policies static --plot LONG.svg", "--plot LONG.svg: cannot be written: ")]
    [InlineData("density --guests 1 --policies static --plot /dev/full", "--plot /dev/full: expected a file, found a device; ")]
    [InlineData("density --guests 1 --policies static --html LONG.html", "--html LONG.html: cannot be written: ")]
    [InlineData("density --guests 1 --policies static --plot n.png", "--plot n.png: expected a file that ends in .svg; ")]
    [InlineData("density --guests 1 --policies static --html n.svg --plot ./n.svg", "--html n.svg: is what --plot writes; expected another file")]
    [InlineData("table --html LONG.html", "--html LONG.html: cannot be written: ")]
    [InlineData("explore one-fault --html LONG.html", "--html LONG.html: cannot be written: ")]
    public void What_cannot_be_written_is_refused_in_one_line_before_anything_runs(string commandLine, string complaint)
    {
        CliOutcome outcome = _cli.Run(commandLine.Replace(Long, TooLong, StringComparison.Ordinal).Split(' '));

        Assert.Equal((ExitCode.BadInput, ""), (outcome.ExitCode, outcome.Output));
        Assert.StartsWith($"iopf: {complaint.Replace(Long, TooLong, StringComparison.Ordinal)}", Assert.Single(outcome.ErrorLines), StringComparison.Ordinal);
        Assert.Null(_cli.Scenarios.LastRequest);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_cli.Directory));
    }

    [Fact]
    public void A_complaint_takes_the_place_of_progress_that_is_shown()
    {
        StringWriter error = new() { NewLine = "\n" };
        Terminal terminal = new(TextWriter.Null, error, _cli.Directory, ShowStackTraces: false) { IsWatched = true };

        terminal.Progress("1 of 2");
        terminal.Complain("no");
        terminal.Complain("nor this");

        Assert.Equal("\r\u001b[K1 of 2\r\u001b[Kiopf: no\niopf: nor this\n", error.ToString());
    }
}
