using System.Globalization;
using System.Text.RegularExpressions;

namespace Iopf.Benchmarks.Report;

/// <summary>Where the processor's time of a benchmark goes: functions with their share of the samples, callees that were inlined counted to their caller.</summary>
/// <param name="Title">What was run.</param>
/// <param name="Shares">The functions and their percentages, the largest first.</param>
internal sealed partial record Profile(string Title, IReadOnlyList<KeyValuePair<string, double>> Shares)
{
    private const int Shown = 16;
    private const double WarmUpSeconds = 4;
    private const double Seconds = 8;

    /// <summary>Samples a benchmark with <c>perf</c>, warm-up left out.</summary>
    public static Profile Of(Driven driven)
    {
        string data = Repository.PathOf("artifacts", "benchmarks", "perf.data");
        string program = Path.ChangeExtension(typeof(Profile).Assembly.Location, ".dll");
        string delay = (WarmUpSeconds * 1e3).ToString(CultureInfo.InvariantCulture);
        string length = (WarmUpSeconds + Seconds).ToString(CultureInfo.InvariantCulture);
        string[] record =
        [
            "record", "--quiet", "--freq", "4000", "--delay", delay, "--output", data,
            "env", "DOTNET_PerfMapEnabled=1", "DOTNET_EnableWriteXorExecute=0", "dotnet", program, "--drive", driven.Key, length,
        ];
        Shell.Output("perf", record);
        string report = Shell.Output("perf", "report", "--input", data, "--stdio", "--no-children", "--sort", "dso,sym", "--field-separator", "\t");
        Dictionary<string, double> shares = [];
        foreach (string[] line in report.Split('\n').Where(static line => line.Contains('\t', StringComparison.Ordinal) && !line.StartsWith('#')).Select(static line => line.Split('\t')))
        {
            string name = NameOf(line[1].Trim(), line[2].Trim());
            shares[name] = shares.GetValueOrDefault(name) + double.Parse(line[0].Trim().TrimEnd('%'), CultureInfo.InvariantCulture);
        }

        return new Profile(driven.Title, [.. shares.OrderByDescending(static share => share.Value).Take(Shown)]);
    }

    private static string NameOf(string module, string symbol)
    {
        Match method = Method().Match(symbol);
        return method.Success ? $"{method.Groups["type"].Value}.{method.Groups["name"].Value}"
            : symbol.Contains("WriteBarrier", StringComparison.Ordinal) ? "the runtime: write barriers"
            : symbol.StartsWith("[k]", StringComparison.Ordinal) ? "the system"
            : module.Contains("jit", StringComparison.OrdinalIgnoreCase) && module.EndsWith(".so", StringComparison.Ordinal) ? "the runtime: compiling"
            : "the runtime: other";
    }

    // As the runtime names methods for perf: "instance void [Iopf.Mm] Iopf.Mm.PhysicalMemory::Put(...)".
    [GeneratedRegex(@"(?<type>[\w`+<>]+)(\[[^\]]*\])?::(?<name>[\w.<>|]+)\(")]
    private static partial Regex Method();
}
