using System.Globalization;
using Iopf.Comparing;
using Iopf.Patches;

namespace Iopf.Cli.Output;

/// <summary>The series told as a story: a table of what each patch leads to, then what changes with it.</summary>
internal static class EffectsText
{
    private static readonly string[] Shown =
        ["faults", "answers success", "answers invalid", "answers failure", "pages mapped", "pages pinned at the end", "locked_vm peak", "IOTLB invalidations",
            "virtual time, us"];

    private static readonly string[] Header =
        ["patches", "faults", "success", "invalid", "failure", "mapped", "pinned", "locked peak", "TLBI", "time us", "answers changed"];

    /// <summary>The lines.</summary>
    /// <param name="effects">What each patch changes.</param>
    /// <returns>The lines, without line breaks.</returns>
    public static IEnumerable<string> Lines(IReadOnlyList<PatchEffect> effects)
    {
        yield return $"{effects[0].Run.Result.Scenario}: the series, patch by patch";
        yield return "";
        foreach (string line in TextTable.Lines(Header, effects.Select(Cells)))
        {
            yield return line;
        }

        foreach (PatchEffect effect in effects)
        {
            if (effect.Patch is not PatchModule patch)
            {
                continue;
            }

            yield return "";
            yield return $"+{patch.Number}  {patch.Title}";
            foreach (string line in Story(effect, patch))
            {
                yield return "    " + line;
            }
        }
    }

    private static string[] Cells(PatchEffect effect)
    {
        IEnumerable<string> numbers = Outcomes.Numbers.Where(number => Shown.Contains(number.What)).Select(number => number.Number(effect.Run.Result));
        int changed = effect.Differences.Count(IsAnswer);
        return [effect.Run.Variant.Patches.ToString(), .. numbers, effect.Patch is null ? "" : changed.ToString(CultureInfo.InvariantCulture)];
    }

    private static IEnumerable<string> Story(PatchEffect effect, PatchModule patch)
    {
        if (effect.Differences.Count == 0)
        {
            yield return effect.Divergence is null
                ? Nothing(effect.Run.Variant.Patches, patch)
                : "no outcome changes";
        }

        foreach (OutcomeDifference difference in effect.Differences.Where(difference => difference.What != "virtual time, us"))
        {
            yield return $"{difference.What}: {difference.Left} -> {difference.Right}";
        }

        if (effect.Divergence is Divergence divergence)
        {
            string before = divergence.Left is null ? "the end" : ComparisonText.Short(divergence.Left.Value);
            string now = divergence.Right is null ? "the end" : ComparisonText.Short(divergence.Right.Value);
            yield return string.Create(CultureInfo.InvariantCulture, $"first new step, {divergence.Step}: {now}");
            yield return $"    where it was: {before}";
        }
    }

    // Half of the series only prepares for what a later patch switches on.
    private static string Nothing(PatchSet patches, PatchModule patch)
    {
        int[] later = [.. PatchCatalog.All
            .Where(other => !patches.Contains(other.Number) && other.Expects.Any(expected => expected.Number == patch.Number))
            .Select(other => other.Number)];
        return later.Length == 0
            ? "nothing changes: the patch finds nothing to do in this scenario"
            : $"nothing changes yet: the patch {patch.Alone} (built upon by {string.Join(", ", later)})";
    }

    private static bool IsAnswer(OutcomeDifference difference) => difference.What.Length > 0 && char.IsAsciiDigit(difference.What[0]);
}
