using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using Iopf.Benchmarks;
using Iopf.Benchmarks.Report;

if (args is ["--drive", string key, string seconds])
{
    Driven.Run(key, double.Parse(seconds, System.Globalization.CultureInfo.InvariantCulture));
    return 0;
}

// --short: a few iterations; --no-baseline: without the rows in C; --report: writes bench/results and docs/performance.md.
string[] own = ["--short", "--no-baseline", "--report"];
Type[] subjects =
[
    .. args.Contains("--no-baseline") ? Type.EmptyTypes : [typeof(Baseline)],
    typeof(Translating), typeof(Faulting), typeof(Mapping), typeof(Calling), typeof(LookingUp), typeof(Reading), typeof(Exploring),
];

// Nothing is measured: no benchmark needs to run.
if (args is ["--growth"])
{
    GrowthReport.Write();
    return 0;
}

bool isReport = args.Contains("--report");
string load = isReport ? Reporter.Load() : string.Empty;
BenchmarkConfig config = new(args.Contains("--short"));
Summary[] summaries = [.. BenchmarkSwitcher.FromTypes(subjects).Run([.. args.Except(own)], config)];
if (isReport)
{
    Reporter.Write(summaries, load);
    GrowthReport.Write();
}

return summaries.All(summary => summary.Reports.All(report => report.Success)) ? 0 : 1;
