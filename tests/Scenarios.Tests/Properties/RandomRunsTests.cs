using System.Globalization;
using FsCheck;
using FsCheck.Fluent;

namespace Iopf.Scenarios.Tests.Properties;

/// <summary>
/// Random steps, random subsets of the series, random windows: no promise is broken, and the model neither crashes nor hangs.
/// IOPF_FUZZ_CASES and IOPF_FUZZ_SEED make it more than a slice (eng/fuzz).
/// </summary>
public sealed class RandomRunsTests
{
    private static readonly Gen<RandomRun> Runs =
        from seed in Gen.Choose(0, int.MaxValue)
        from subset in Gen.Frequency((1, Gen.Choose(0, 255)), (1, Gen.Constant(255)))
        from premap in Gen.Elements(1, 2, 4, 512)
        select new RandomRun((ulong)seed, subset, premap);

    [Fact]
    public void No_run_breaks_a_promise() => CheckAll(run => Violations(run.Execute()));

    [Fact]
    public void A_run_and_its_repetition_are_the_same() =>
        CheckAll(run => Describe(run.Execute()) == Describe(run.Execute()) ? "" : "two runs differ", share: 10);

    private static void CheckAll(Func<RandomRun, string> find, int share = 1)
    {
        int cases = Math.Max(1, Setting("IOPF_FUZZ_CASES", 60) / share);
        Config config = Config.QuickThrowOnFailure.WithMaxTest(cases).WithReplay((ulong)Setting("IOPF_FUZZ_SEED", 20210409), 1);
        Prop.ForAll(
            Runs.ToArbitrary(),
            run =>
            {
                string found = find(run);
                return (found.Length == 0).Label($"{run}\n{found}");
            }).Check(config);
    }

    private static string Violations(RunResult result) =>
        string.Join('\n', result.Violations.Select(violation => $"{violation.Invariant} at {violation.Operation}: {violation.Detail}"));

    private static string Describe(RunResult result) =>
        string.Join('\n', result.Operations.Select(operation => $"{operation.Text} {operation.Result} {string.Join(' ', operation.Details)}"));

    private static int Setting(string name, int otherwise) =>
        Environment.GetEnvironmentVariable(name) is string value ? int.Parse(value, CultureInfo.InvariantCulture) : otherwise;
}
