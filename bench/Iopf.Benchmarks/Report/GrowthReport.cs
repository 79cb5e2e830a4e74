using Iopf.SpeedKit.Growth;

namespace Iopf.Benchmarks.Report;

/// <summary>Counts along all axes, and writes the pictures, the table of docs/performance.md and the part of bench/results.</summary>
internal static class GrowthReport
{
    /// <summary>Writes everything.</summary>
    public static void Write()
    {
        GrowthSeries[] all = [.. GrowthAxes.All.Select(static axis => axis.Count())];
        foreach (GrowthSeries series in all)
        {
            File.WriteAllText(Repository.PathOf("docs", "pictures", GrowthPicture.FileOf(series.Axis)), GrowthPicture.Text(series));
        }

        string[] lines = [.. GrowthTable.Lines(all)];
        MarkdownReport.Replace(Repository.PathOf("docs", "performance.md"), GrowthTable.Begin, lines);
        string results = Repository.PathOf("bench", "results", "performance.json");
        File.WriteAllText(results, GrowthJson.Into(File.ReadAllText(results), all));
        Console.WriteLine(string.Join('\n', lines));
    }
}
