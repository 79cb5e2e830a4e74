using System.CommandLine;
using System.Text.Json;
using Iopf.Cli.Output;
using Iopf.Machine;
using Iopf.Replay;

namespace Iopf.Cli.Commands;

/// <summary><c>iopf replay</c>: holds the model against recordings of a real kernel.</summary>
internal static class ReplayCommand
{
    /// <summary>Makes the command.</summary>
    /// <param name="terminal">Where it prints.</param>
    /// <param name="createReplayer">Makes the machine of a replay.</param>
    /// <returns>The command.</returns>
    public static Command Create(Terminal terminal, Func<RecordingHeader, IType1Replayer> createReplayer)
    {
        Argument<string[]> files = new("FILE")
        {
            Description = $"One or more recordings ({RecordingHeader.Type1Recording}).",
            Arity = ArgumentArity.OneOrMore,
        };
        Option<bool> json = CommonOptions.Json();
        Command command = new(
            "replay",
            "Replay recordings of a real kernel and compare every recorded answer. Exit code 1 if an answer differs.")
        {
            files,
            json,
        };
        command.SetAction(parsed =>
        {
            List<ReplayReport> reports = [];
            foreach (string file in parsed.GetRequiredValue(files))
            {
                reports.Add(RecordingReplay.Run(file, createReplayer));
            }

            if (parsed.GetValue(json))
            {
                ResultText.PrintJson(terminal, document => WriteJson(document, reports));
            }
            else
            {
                ResultText.Print(terminal, reports.SelectMany(Lines));
            }

            return reports.TrueForAll(report => report.Mismatched == 0 && report.Violations.Count == 0) ? ExitCode.Done : ExitCode.Difference;
        });
        return command;
    }

    private static IEnumerable<string> Lines(ReplayReport report)
    {
        yield return $"{report.File}: {report.Operations} operations, {report.Matched} matched, {report.Mismatched} mismatched";
        if (report.FirstMismatch is ReplayMismatch first)
        {
            yield return $"    line {first.Line}: {first.Operation}";
            yield return $"        recorded {first.Expected}";
            yield return $"        answered {first.Actual}";
        }

        foreach (Violation violation in report.Violations)
        {
            yield return $"    {violation.Invariant} at {violation.Operation}: {violation.Detail}";
        }

        foreach (string promise in RunVerdict.BrokenPromises(report.Violations))
        {
            yield return $"    {promise}";
        }
    }

    private static void WriteJson(Utf8JsonWriter json, IReadOnlyList<ReplayReport> reports) =>
        json.WriteObjects("files", reports, report =>
        {
            json.WriteString("file", report.File);
            json.WriteString("format", report.Format);
            json.WriteNumber("operations", report.Operations);
            json.WriteNumber("matched", report.Matched);
            json.WriteNumber("mismatched", report.Mismatched);
            WriteMismatch(json, report.FirstMismatch);
            json.WriteViolations(report.Violations);
        });

    private static void WriteMismatch(Utf8JsonWriter json, ReplayMismatch? first)
    {
        if (first is null)
        {
            json.WriteNull("first_mismatch");
            return;
        }

        json.WriteStartObject("first_mismatch");
        json.WriteNumber("line", first.Line);
        json.WriteString("operation", first.Operation);
        json.WriteString("expected", first.Expected);
        json.WriteString("actual", first.Actual);
        json.WriteEndObject();
    }
}
