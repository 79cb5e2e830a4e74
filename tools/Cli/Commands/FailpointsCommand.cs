using System.CommandLine;
using System.Globalization;
using Iopf.Cli.Output;
using Iopf.Failures;
using Iopf.Kernel;
using Iopf.Scenarios;

namespace Iopf.Cli.Commands;

/// <summary><c>iopf failpoints</c>: a scenario, run once for each call of the kernel that may fail.</summary>
internal static class FailpointsCommand
{
    private const long MostByDefault = 10_000;

    private const string About =
        "Run a scenario undisturbed, then once for each allocation, pin, map, block split, feature and registration in it with that one failing. The operation "
        + "must answer an error or go on, leave nothing behind, and succeed when it is done once more; no promise may break. Exit code 1 if one run is not like that.";

    /// <summary>Makes the command.</summary>
    /// <param name="terminal">Where it prints.</param>
    /// <param name="scenarios">Where scenarios come from.</param>
    /// <returns>The command.</returns>
    public static Command Create(Terminal terminal, IScenarioRunner scenarios)
    {
        RunArguments arguments = new();
        Option<string> kinds = new("--kinds")
        {
            Description = $"Which kinds of calls: one or more of {string.Join(',', FailureSpec.Kinds)}. The default is all of them.",
            HelpName = "KINDS",
        };
        Option<string> most = new("--most")
        {
            Description = "At most so many calls of each kind, spread evenly over the run. The default is 10000.",
            HelpName = "N",
        };
        Option<bool> json = CommonOptions.Json();
        Command command = new("failpoints", About);
        arguments.AddTo(command);
        command.Add(kinds);
        command.Add(most);
        command.Add(json);
        command.SetAction(parsed =>
        {
            IReadOnlyList<FailureKind> wanted = KindsOf(parsed.GetValue(kinds));
            long limit = MostOf(parsed.GetValue(most));
            RunRequest request = arguments.Read(parsed, terminal, scenarios, trace: null);
            FailpointSweep sweep = FailpointSweep.Of(
                request, wanted, limit, (done, of) => terminal.Progress(string.Create(CultureInfo.InvariantCulture, $"{done} of {of} runs")));
            terminal.Progress("");
            if (parsed.GetValue(json))
            {
                ResultText.PrintJson(terminal, document => FailpointsOutput.Write(document, sweep));
            }
            else
            {
                ResultText.Print(terminal, FailpointsOutput.Lines(sweep));
            }

            return sweep.Points.Any(point => point.IsViolation) ? ExitCode.Difference : ExitCode.Done;
        });
        return command;
    }

    private static List<FailureKind> KindsOf(string? words)
    {
        if (words is null)
        {
            return [.. Enum.GetValues<FailureKind>()];
        }

        List<FailureKind> kinds = [];
        foreach (string word in words.Split(','))
        {
            kinds.Add(FailureSpec.TryParseKind(word, out FailureKind kind)
                ? kind
                : throw new InputException($"--kinds {words}: '{word}' is no kind of call; expected one or more of {string.Join(',', FailureSpec.Kinds)}"));
        }

        return [.. kinds.Distinct()];
    }

    private static long MostOf(string? text)
    {
        if (text is null)
        {
            return MostByDefault;
        }

        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long most) && most is >= 1 and <= int.MaxValue
            ? most
            : throw new InputException($"--most: '{text}' is not a number of calls; expected an integer from 1");
    }
}
