using System.Globalization;
using Iopf.Comparing;
using Iopf.Errata;
using Iopf.Kernel;
using Iopf.Patches;
using Iopf.Scenarios;

namespace Iopf.Cli.Output;

/// <summary>A comparison for a reader: what came out differently, and where the two runs part.</summary>
internal static class ComparisonText
{
    private const int Around = 5;
    private const int ColumnWidth = 58;

    /// <summary>The lines.</summary>
    /// <param name="comparison">The comparison.</param>
    /// <returns>The lines, without line breaks.</returns>
    public static IEnumerable<string> Lines(Comparison comparison)
    {
        string left = comparison.Left.Variant.ToString();
        string right = comparison.Right.Variant.ToString();
        yield return $"{comparison.Left.Result.Scenario}: {left} (left) against {right} (right)";
        yield return "";
        if (comparison.IsSame)
        {
            yield return $"nothing differs: {comparison.Left.Result.Operations.Count} operations, {comparison.Left.Events.Count} steps";
            yield break;
        }

        if (comparison.Differences.Count == 0)
        {
            yield return "the outcomes are the same";
        }
        else
        {
            foreach (string line in Table(comparison.Differences, left, right))
            {
                yield return line;
            }
        }

        yield return "";
        foreach (string line in comparison.Divergence is null ? ["the traces are the same"] : Parting(comparison, comparison.Divergence))
        {
            yield return line;
        }
    }

    /// <summary>Outcomes that differ, one beside the other.</summary>
    /// <param name="differences">The differences.</param>
    /// <param name="left">What the left column is called.</param>
    /// <param name="right">What the right column is called.</param>
    /// <returns>The lines.</returns>
    public static IEnumerable<string> Table(IReadOnlyList<OutcomeDifference> differences, string left, string right) =>
        TextTable.Lines(["what differs", left, right], differences.Select(difference => new[] { difference.What, difference.Left, difference.Right }));

    /// <summary>Who makes a difference: patch, module, or defect, kernel function, place in patches-map.md.</summary>
    /// <param name="divergence">Where the runs part.</param>
    /// <returns>The lines.</returns>
    public static IEnumerable<string> Makers(Divergence divergence)
    {
        if (divergence.MadeBy.Count == 0)
        {
            yield return "made by no single switch: several answer for it together";
        }

        foreach ((PatchModule? patch, Erratum? erratum) in divergence.MadeBy)
        {
            if (patch is not null)
            {
                yield return $"made by patch {patch.Number}, {patch.Title}";
                yield return $"    module {patch.Module}, in kernel function {divergence.Function}; patches-map.md, section {patch.Number}/{PatchSet.Count}";
            }
            else if (erratum is { } id)
            {
                ErrataEntry entry = ErrataCatalog.Get(id);
                yield return $"made by {id}, {entry.Title}";
                yield return $"    posted by patch {entry.Patch} in kernel function {entry.Function}; iopf errata {id}";
            }
        }
    }

    /// <summary>A step in the width of a column.</summary>
    /// <param name="step">The step.</param>
    /// <returns>Its function and words, cut where they are too long.</returns>
    public static string Short(TraceEvent step)
    {
        string place = step.Iova is Iova iova ? $" {iova}" : "";
        string text = $"{step.Function}{place}: {step.Text.ReplaceLineEndings(" ")}";
        return text.Length <= ColumnWidth ? text : text[..(ColumnWidth - 3)] + "...";
    }

    private static IEnumerable<string> Parting(Comparison comparison, Divergence divergence)
    {
        string what = divergence.IsTimeOnly ? "the same steps take another time from" : "the traces part at";
        yield return string.Create(CultureInfo.InvariantCulture, $"{what} step {divergence.Step}{OperationAt(comparison.Left, divergence.Step)}:");
        for (int index = Math.Max(0, divergence.Step - Around); index <= divergence.Step + Around; index++)
        {
            string left = index < comparison.Left.Events.Count ? StepAt(comparison.Left, index, divergence) : "";
            string right = index < comparison.Right.Events.Count ? StepAt(comparison.Right, index, divergence) : "";
            if (left.Length + right.Length > 0)
            {
                yield return $"{(index == divergence.Step ? ">" : " ")} {left.PadRight(ColumnWidth)} {(index < divergence.Step ? " " : "|")} {right}".TrimEnd();
            }
        }

        yield return "";
        foreach (string line in Makers(divergence))
        {
            yield return line;
        }
    }

    private static string StepAt(ObservedRun run, int index, Divergence divergence)
    {
        TraceEvent step = run.Events[index];
        string time = divergence.IsTimeOnly ? (step.Nanoseconds / 1000m).ToString("0.000", CultureInfo.InvariantCulture) + " us " : "";
        string text = time + Short(step);
        return text.Length <= ColumnWidth ? text : text[..ColumnWidth];
    }

    private static string OperationAt(ObservedRun run, int step) =>
        run.OperationOf(step) is RunOperation operation ? $", in operation {operation.Index} {operation.Op}" : "";
}
