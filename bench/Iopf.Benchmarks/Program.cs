using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using Iopf.Benchmarks;
using Iopf.Benchmarks.Report;

// --short: a few iterations; --no-baseline: without the rows in C; --report: writes bench/results and docs/performance.md.
string[] own = ["--short", "--no-baseline", "--report"];
Type[] subjects =
[
    .. args.Contains("--no-baseline") ? Type.EmptyTypes : [typeof(Baseline)],
    typeof(Translating), typeof(Faulting), typeof(Mapping), typeof(Calling), typeof(LookingUp), typeof(Reading), typeof(Exploring),
];
bool isReport = args.Contains("--report");
string load = isReport ? Reporter.Load() : string.Empty;
BenchmarkConfig config = new(args.Contains("--short"));
Summary[] summaries = [.. BenchmarkSwitcher.FromTypes(subjects).Run([.. args.Except(own)], config)];
if (isReport)
{
    Reporter.Write(summaries, load);
}

return summaries.All(summary => summary.Reports.All(report => report.Success)) ? 0 : 1;
