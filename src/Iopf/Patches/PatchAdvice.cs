namespace Iopf.Patches;

/// <summary>What a reader should know before trusting a run of an incomplete set; an incomplete set still runs.</summary>
public static class PatchAdvice
{
    /// <summary>One line for each expected patch that is off.</summary>
    /// <param name="patches">The set.</param>
    /// <returns>The lines, by patch number; none for a set that is complete in itself.</returns>
    public static IReadOnlyList<string> For(PatchSet patches)
    {
        List<string> lines = [];
        foreach (int number in patches.Numbers)
        {
            PatchModule patch = PatchCatalog.Get(number);
            foreach (PatchExpectation expectation in patch.Expects)
            {
                if (!patches.Contains(expectation.Number))
                {
                    PatchModule missing = PatchCatalog.Get(expectation.Number);
                    string expects = $"patch {number} ({patch.Module}) expects patch {missing.Number} ({missing.Module})";
                    lines.Add($"{expects}, which is off: {expectation.WhenMissing}");
                }
            }
        }

        return lines;
    }
}
