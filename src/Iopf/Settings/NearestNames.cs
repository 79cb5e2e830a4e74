namespace Iopf.Settings;

/// <summary>Orders names by how near they are to what somebody wrote.</summary>
internal static class NearestNames
{
    /// <summary>Lists names, nearest first.</summary>
    /// <param name="names">The names.</param>
    /// <param name="written">What was written.</param>
    /// <returns>For example <c>map_dma, unmap_dma, mmap, ...</c>.</returns>
    public static string List(IEnumerable<string> names, string written) =>
        string.Join(", ", names.OrderBy(name => Distance(name, written)).ThenBy(name => name, StringComparer.Ordinal));

    // The number of single-letter edits that turn one word into the other, row by row.
    private static int Distance(string left, string right)
    {
        string cut = right.Length > 40 ? right[..40] : right;
        int[] above = [.. Enumerable.Range(0, cut.Length + 1)];
        foreach (char letter in left)
        {
            int diagonal = above[0]++;
            for (int i = 1; i <= cut.Length; i++)
            {
                int replaced = diagonal + (cut[i - 1] == letter ? 0 : 1);
                diagonal = above[i];
                above[i] = Math.Min(replaced, Math.Min(above[i], above[i - 1]) + 1);
            }
        }

        return above[cut.Length];
    }
}
