namespace Iopf.Cli.Tests.Fakes;

/// <summary>How a command line ended, and what it printed.</summary>
internal sealed record CliOutcome(int ExitCode, string Output, string Error)
{
    public string[] OutputLines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public string[] ErrorLines => Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
