using System.Globalization;
using Iopf.Machine;
using Iopf.Scenarios;

namespace Iopf.Cli.Output;

/// <summary>A run for a reader: the operations with their results, then a summary.</summary>
internal static class RunText
{
    private static readonly string[] RowHeader = ["config", "premap", "messages", "published", "faults", "note"];

    /// <summary>The lines.</summary>
    /// <param name="result">What happened.</param>
    /// <returns>The lines, without line breaks.</returns>
    public static IEnumerable<string> Lines(RunResult result)
    {
        yield return $"{result.Scenario}, patches {result.Patches}{(result.Errata.IsEmpty ? "" : $", errata {result.Errata}")}";
        yield return "";
        if (result.Operations.Count > 0)
        {
            foreach (string line in TextTable.Lines(["#", "operation", "result", ""], result.Operations.Select(OperationCells)))
            {
                yield return line;
            }

            yield return "";
        }

        if (result.Rows.Count > 0)
        {
            foreach (string line in TextTable.Lines(RowHeader, result.Rows.Select(RowCells)))
            {
                yield return line;
            }

            yield return "";
        }

        foreach (string line in Summary(result))
        {
            yield return line;
        }
    }

    private static IEnumerable<string> Summary(RunResult result)
    {
        ResponseCounts counts = result.Responses;
        yield return $"faults        {result.Faults}: {counts.Success} success, {counts.Invalid} invalid, {counts.Failure} failure";
        yield return $"pages         {result.MappedPages} mapped, {result.PinnedPages} pinned, {result.LockedVm} charged to locked_vm";
        yield return $"virtual time  {Microseconds(result.VirtualNanoseconds)} us";
        int failed = RunVerdict.FailedExpectations(result);
        int expected = result.Operations.Count(operation => operation.Expected is not null);
        if (expected > 0)
        {
            yield return $"expectations  {expected - failed} of {expected} met";
        }

        yield return $"violations    {(result.Violations.Count == 0 ? "none" : Number(result.Violations.Count))}";
        foreach (Violation violation in result.Violations)
        {
            yield return $"    {violation.Invariant} at {violation.Operation}, trace step {violation.TraceStep}: {violation.Detail}";
        }

        foreach (string promise in RunVerdict.BrokenPromises(result.Violations))
        {
            yield return $"    {promise}";
        }

        if (result.Dump.Count > 0)
        {
            yield return "";
        }

        foreach (string line in result.Dump)
        {
            yield return line;
        }
    }

    private static string[] OperationCells(RunOperation operation) =>
    [
        Number(operation.Index),
        operation.Text,
        operation.Result,
        Remarks(operation),
    ];

    private static string Remarks(RunOperation operation)
    {
        IEnumerable<string> details = operation.Details.Select(detail => $"{detail.Key}={detail.Value}");
        return string.Join(' ', operation.Matched ? details : details.Append($"EXPECTED {operation.Expected}"));
    }

    private static string[] RowCells(RunRow row) =>
        [row.Config, Number(row.Premap), Number(row.Messages), Number(row.PublishedFaults), Number(row.Faults), row.Note];

    private static string Microseconds(long nanoseconds) => (nanoseconds / 1000m).ToString("0.000", CultureInfo.InvariantCulture);

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
