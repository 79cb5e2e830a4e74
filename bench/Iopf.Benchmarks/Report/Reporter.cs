using BenchmarkDotNet.Environments;
using BenchmarkDotNet.Reports;

namespace Iopf.Benchmarks.Report;

/// <summary>Measures what is no benchmark, and writes bench/results and the tables of docs/performance.md.</summary>
internal static class Reporter
{
    /// <summary>The load average of this computer over the last minute.</summary>
    public static string Load() => File.ReadAllText("/proc/loadavg").Split(' ')[0];

    /// <summary>Writes everything.</summary>
    /// <param name="summaries">What BenchmarkDotNet measured.</param>
    /// <param name="loadBefore">The load average when that began.</param>
    /// <param name="methods">How many methods were compiled, all of them fully optimised.</param>
    public static void Write(IReadOnlyList<Summary> summaries, string loadBefore, int methods)
    {
        Row[] rows = [.. Results.RowsOf(summaries)];
        Figure[] figures = [.. Commands.Measure()];
        Profile[] profiles = [.. Driven.All.Select(Profile.Of)];
        Results results = new(Machine(summaries[0]), Commit(), $"{loadBefore} to {Load()}", methods, rows, figures, profiles);
        string[] lines = [.. MarkdownReport.Lines(results)];
        Directory.CreateDirectory(Repository.PathOf("bench", "results"));
        File.WriteAllText(Repository.PathOf("bench", "results", "performance.json"), JsonReport.Text(results));
        File.WriteAllText(Repository.PathOf("bench", "results", "performance.md"), string.Join('\n', lines) + "\n");
        MarkdownReport.Replace(Repository.PathOf("docs", "performance.md"), MarkdownReport.Begin, lines);
    }

    private static string Machine(Summary summary)
    {
        HostEnvironmentInfo host = summary.HostEnvironmentInfo;
        return $"{host.CpuInfo.Value.ProcessorName}, {Environment.ProcessorCount} cores, {host.OsVersion.Value}, {host.RuntimeVersion}, gcc {Shell.Output("gcc", "-dumpversion").Trim()} -O2";
    }

    private static string Commit()
    {
        string commit = Shell.Output("git", "rev-parse", "--short=12", "HEAD").Trim();
        string changes = Shell.Output("git", "status", "--porcelain", "--", "src", "tools", "bench").Trim();
        return changes.Length == 0 ? commit : $"{commit} and changes";
    }
}
