using System.Globalization;
using Iopf.Scenarios;

namespace Iopf.Comparing;

/// <summary>Holds the outcomes of two runs of one scenario against each other: every answer, then the numbers of the whole run.</summary>
public static class Outcomes
{
    private const string Nothing = "-";

    /// <summary>Where two runs differ.</summary>
    /// <param name="left">The left run.</param>
    /// <param name="right">The right run.</param>
    /// <returns>The differences: operations in their order, then numbers.</returns>
    public static IReadOnlyList<OutcomeDifference> Differences(RunResult left, RunResult right)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        List<OutcomeDifference> found = [];
        for (int index = 0; index < Math.Max(left.Operations.Count, right.Operations.Count); index++)
        {
            RunOperation? one = index < left.Operations.Count ? left.Operations[index] : null;
            RunOperation? other = index < right.Operations.Count ? right.Operations[index] : null;
            Add(found, NameOf(one, other), AnswerOf(one, other), AnswerOf(other, one));
        }

        foreach ((string what, Func<RunResult, string> number) in Numbers)
        {
            Add(found, what, number(left), number(right));
        }

        return found;
    }

    /// <summary>The numbers of a run that are compared, by name.</summary>
    public static IReadOnlyList<(string What, Func<RunResult, string> Number)> Numbers { get; } =
    [
        ("faults", run => Text(run.Faults)),
        ("answers success", run => Text(run.Responses.Success)),
        ("answers invalid", run => Text(run.Responses.Invalid)),
        ("answers failure", run => Text(run.Responses.Failure)),
        ("pages mapped", run => Text(run.MappedPages)),
        ("pages pinned at the end", run => Text(run.PinnedPages)),
        ("locked_vm at the end", run => Text(run.LockedVm)),
        ("locked_vm peak", run => Text(run.LockedVmPeak)),
        ("IOTLB invalidations", run => Text(run.IotlbInvalidations)),
        ("virtual time, us", run => (run.VirtualNanoseconds / 1000m).ToString("0.000", CultureInfo.InvariantCulture)),
        ("violations", run => run.Violations.Count == 0 ? "none" : string.Join(' ', run.Violations.Select(violation => violation.Invariant).Distinct())),
    ];

    private static void Add(List<OutcomeDifference> found, string what, string left, string right)
    {
        if (left != right)
        {
            found.Add(new OutcomeDifference(what, left, right));
        }
    }

    // Where the runs made up different operations, both are named.
    private static string NameOf(RunOperation? left, RunOperation? right)
    {
        RunOperation operation = left ?? right!;
        string other = left is not null && right is not null && left.Text != right.Text ? $" | {right.Text}" : "";
        return string.Create(CultureInfo.InvariantCulture, $"{operation.Index} {operation.Text}{other}");
    }

    // The result, and what else was reported if the other run reported something else; the words of an event record only repeat its fields.
    private static string AnswerOf(RunOperation? operation, RunOperation? other) => operation is null
        ? Nothing
        : string.Join(' ', operation.Details
            .Where(detail => detail.Key != "words" && other?.Details.Contains(detail) != true)
            .Select(detail => $"{detail.Key}={detail.Value}")
            .Prepend(operation.Result));

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
