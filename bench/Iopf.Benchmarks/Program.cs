using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using Iopf.Benchmarks;
using Iopf.Benchmarks.Against;
using Iopf.Benchmarks.Optimised;
using Iopf.Benchmarks.Report;

const int Failed = 1;
const int NotMeasured = 3;

// Before anything that is measured is compiled.
using CompiledMethods compiled = new();
try
{
    return Run();
}
catch (NotMeasuredException refused)
{
    Console.Error.WriteLine($"eng/bench: not measured: {refused.Message}");
    return NotMeasured;
}

int Run()
{
    switch (args)
    {
        case ["--drive", string key, string seconds]:
            Driven.Run(key, double.Parse(seconds, System.Globalization.CultureInfo.InvariantCulture));
            return 0;

        // Nothing is measured: no benchmark needs to run.
        case ["--growth"]:
            GrowthReport.Write();
            return 0;

        case ["--rows", .. string[] patterns]:
            Console.Out.Write(string.Concat(MeasurableRows.Matching(patterns).Select(static row => $"{row.Listed}\n")));
            return 0;

        case ["--turn"]:
            TypeInitialisers.Run();
            Turn.Serve(compiled);
            return 0;

        case ["--against", string before, string after, .. string[] patterns]:
            return new Comparison(new Side(before), new Side(after)).Run(patterns) == Verdict.Slower ? Failed : 0;

        default:
            TypeInitialisers.Run();
            return Measure();
    }
}

// --short: a few iterations; --no-baseline: without the rows in C; --report: writes bench/results and docs/performance.md.
int Measure()
{
    string[] own = ["--short", "--no-baseline", "--report"];
    bool isReport = args.Contains("--report");
    string load = isReport ? Reporter.Load() : string.Empty;
    BenchmarkConfig config = new(args.Contains("--short") ? BenchmarkLength.Short : BenchmarkLength.Full);
    IReadOnlyList<Type> subjects = args.Contains("--no-baseline") ? Subjects.OfTheModel : Subjects.All;
    Summary[] summaries = [.. BenchmarkSwitcher.FromTypes([.. subjects]).Run([.. args.Except(own)], config)];
    int methods = compiled.Require();
    Console.WriteLine(CompiledMethods.Words(methods));
    if (isReport)
    {
        Reporter.Write(summaries, load, methods);
        GrowthReport.Write();
    }

    return summaries.All(static summary => summary.Reports.All(static report => report.Success)) ? 0 : Failed;
}
