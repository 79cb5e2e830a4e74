using Iopf.Kernel;
using Iopf.Machine;
using Iopf.Patches;
using Iopf.Scenarios.Running;
using Iopf.Schedulers;

namespace Iopf.Scenarios;

/// <summary>Runs scenarios.</summary>
public static class ScenarioRun
{
    /// <summary>Runs a scenario on a host of its own.</summary>
    /// <param name="request">What is to be run, and how.</param>
    /// <returns>What it came to.</returns>
    /// <exception cref="InputException">The scenario's machine cannot be built, or an option is not allowed.</exception>
    public static RunResult Execute(RunRequest request) => Execute(request, SchedulerFor(request));

    /// <summary>Runs a scenario on a host of its own, whose threads another scheduler runs.</summary>
    /// <param name="request">What is to be run, and how.</param>
    /// <param name="scheduler">Makes a scheduler for each host of the run.</param>
    /// <returns>What it came to.</returns>
    /// <exception cref="InputException">The scenario's machine cannot be built, or an option is not allowed.</exception>
    public static RunResult Execute(RunRequest request, Func<Scheduler> scheduler)
    {
        ArgumentNullException.ThrowIfNull(request);
        Scenario scenario = request.Scenario;
        PatchSet patches = request.PatchesInForce;
        ErrataSet errata = request.ErrataInForce;
        ModeledHostFactory hosts = new(patches, request.SettingsInForce) { Scheduler = scheduler, Errata = errata, Services = request.Services };
        using ModeledHost host = hosts.Create(scenario.Machine);
        if (request.Trace is not null)
        {
            host.Kernel.Trace.Subscribe(request.Trace);
        }

        host.Kernel.Failures = request.Failures;
        ScenarioRunner runner = new(host, hosts, request.Seed)
        {
            Dump = request.Dump,
            AfterOperation = request.AfterOperation,
            RetriesFailed = request.RetriesFailed,
            Schedule = request.Schedule,
        };
        runner.Run(scenario);
        return ResultOf(scenario, patches, errata, runner);
    }

    private static Func<Scheduler> SchedulerFor(RunRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return HasThreads(request.Scenario.Steps) ? static () => new ControlledScheduler() : static () => new InlineScheduler();
    }

    private static bool HasThreads(IReadOnlyList<ScenarioStep> steps) =>
        steps.Any(step => step.Threads.Count > 0 || HasThreads(step.Steps));

    private static RunResult ResultOf(Scenario scenario, PatchSet patches, ErrataSet errata, ScenarioRunner runner) => new()
    {
        Scenario = scenario.Name,
        Patches = patches,
        Errata = errata,
        Faults = runner.Totals.Faults,
        Responses = new ResponseCounts(runner.Totals.Success, runner.Totals.Invalid, runner.Totals.Failure),
        MappedPages = runner.Totals.MappedPages,
        PinnedPages = runner.Totals.PinnedPages,
        LockedVm = runner.Totals.LockedVm,
        LockedVmPeak = runner.Totals.LockedVmPeak,
        IotlbInvalidations = runner.Totals.IotlbInvalidations,
        VirtualNanoseconds = runner.Totals.Nanoseconds,
        Violations = runner.Violations,
        Dump = runner.Dumped,
        Operations = runner.Executed,
        Rows = runner.Workloads.Rows,
        Advice = PatchAdvice.For(patches),
    };
}
