using Iopf.ArmSmmuV3.Hardware;
using Iopf.Kernel;
using Iopf.Machine;
using Iopf.Scenarios.Steps;
using Iopf.Schedulers;
using Iopf.Workloads;

namespace Iopf.Scenarios.Running;

/// <summary>Executes the steps of one scenario on one host, and compares what they come to with what the file expects.</summary>
internal sealed class ScenarioRunner
{
    private readonly ModeledHost _host;
    private readonly Dictionary<string, StepAction> _actions = [];
    private readonly List<RunOperation> _operations = [];
    private readonly PromiseWatch _promises;
    private readonly RandomSteps _random;
    private readonly HashSet<string> _memoryOperations;
    private readonly OpenFiles _files = new();

    /// <summary>Prepares a run.</summary>
    /// <param name="host">The host.</param>
    /// <param name="hosts">Where a workload gets hosts of its own.</param>
    /// <param name="seed">What random steps are made up from.</param>
    public ScenarioRunner(ModeledHost host, ModeledHostFactory hosts, ulong seed)
    {
        _random = new RandomSteps(seed, host, _files);
        _host = host;
        _promises = new PromiseWatch(host);
        Workloads = new WorkloadSteps(hosts, Totals);
        _memoryOperations = [.. new MemorySteps(host, _files).Operations.Select(operation => operation.Key)];
        foreach (KeyValuePair<string, StepAction> operation in Families(host, _files, Workloads).SelectMany(family => family.Operations))
        {
            _actions.Add(operation.Key, operation.Value);
        }
    }

    /// <summary>What was executed.</summary>
    public IReadOnlyList<RunOperation> Executed => _operations;

    /// <summary>The promises that were broken, each once.</summary>
    public IReadOnlyList<Violation> Violations => [.. _promises.Violations, .. Workloads.Violations];

    /// <summary>Which parts of the SMMUs' state are to be printed after the last step.</summary>
    public IReadOnlyList<SmmuDumpPart> Dump { get; init; } = [];

    /// <summary>Shown the host after each operation.</summary>
    public Action<int, ModeledHost>? AfterOperation { get; init; }

    /// <summary>Who decides which thread goes on; <see langword="null"/> for what the file says.</summary>
    public ISchedule? Schedule { get; init; }

    /// <summary>Whether an operation that a planned failure made fail is done once more.</summary>
    public bool RetriesFailed { get; init; }

    /// <summary>What they came to.</summary>
    public IReadOnlyList<string> Dumped { get; private set; } = [];

    /// <summary>The numbers of the run.</summary>
    public RunTotals Totals { get; } = new();

    /// <summary>The workloads of the scenario.</summary>
    public WorkloadSteps Workloads { get; }

    /// <summary>The families of operations.</summary>
    /// <param name="host">The host they act on.</param>
    /// <param name="files">The files its processes have open.</param>
    /// <param name="workloads">The programs that run on hosts of their own.</param>
    /// <returns>All of them.</returns>
    public static IEnumerable<StepFamily> Families(ModeledHost host, OpenFiles files, WorkloadSteps workloads) =>
    [
        new MemorySteps(host, files),
        new VfioSteps(host, files),
        new MappingSteps(host, files),
        new DmaSteps(host),
        new NestedSteps(host),
        new ControlSteps(host),
        workloads,
    ];

    /// <summary>Executes the steps, then closes what is still open; a crash of the modeled kernel ends the run.</summary>
    /// <param name="scenario">The scenario.</param>
    public void Run(Scenario scenario)
    {
        bool isWhole = RunBlock(scenario.Steps);
        Totals.Add(_host);
        Dumped = [.. Dump.SelectMany(_host.Dump)];
        if (isWhole)
        {
            CloseFiles();
        }
    }

    /// <summary>What an exception that ends a modeled kernel is called as an answer.</summary>
    /// <param name="end">The exception.</param>
    /// <returns>The answer; <see langword="null"/> if it is a defect of the model.</returns>
    internal static string? KindOf(Exception end) => end switch
    {
        KernelOopsException => "oops",
        DeadlockException => "deadlock",
        LockMisuseException => "lock_misuse",
        _ => null,
    };

    /// <summary>The promise that such an exception breaks.</summary>
    /// <param name="end">The exception.</param>
    /// <returns>The promise's name.</returns>
    internal static string PromiseBrokenBy(Exception end) => end switch
    {
        DeadlockException deadlock => deadlock.Promise,
        LockMisuseException misuse => misuse.Promise,
        _ => "oops",
    };

    private bool RunBlock(IReadOnlyList<ScenarioStep> steps)
    {
        foreach (ScenarioStep step in steps)
        {
            bool goesOn = step.Op switch
            {
                "repeat" => Repeat(step),
                "random" => MakeUp(step),
                "parallel" => SideBySide(step),
                _ => RunAndRetry(step),
            };
            if (!goesOn)
            {
                return false;
            }
        }

        return true;
    }

    private bool Repeat(ScenarioStep step)
    {
        for (ulong round = 0; round < step.Number("n"); round++)
        {
            if (!RunBlock(step.Steps))
            {
                return false;
            }
        }

        return true;
    }

    private bool MakeUp(ScenarioStep step)
    {
        for (ulong number = 0; number < step.Number("n"); number++)
        {
            if (!RunAndRetry(_random.Next($"{step.Path} #{number}")))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Runs threads under a written schedule; promises are looked at when all of them have come to rest.</summary>
    private bool SideBySide(ScenarioStep step)
    {
        if (_host.Kernel.Scheduler is not ControlledScheduler scheduler)
        {
            throw new InputException($"{step.Path}: threads need the controlled scheduler");
        }

        bool goesOn = true;
        _promises.Begin();
        try
        {
            scheduler.RunThreads(
                [.. step.Threads.Select(thread => new KeyValuePair<string, Action>(thread.Key, () => RunThread(thread.Key, thread.Value)))],
                Schedule ?? new WrittenSchedule(step.Words("schedule")));
            scheduler.RunReady();
        }
        catch (Exception end) when (KindOf(end) is not null)
        {
            _operations.Add(new RunOperation(_operations.Count, step.Op, step.Op, KindOf(end)!, null, true, []) { FirstStep = _host.Kernel.Trace.Count });
            _promises.Report(PromiseBrokenBy(end), PlaceOf(step), end.Message);
            goesOn = false;
        }

        if (goesOn)
        {
            _promises.End(PlaceOf(step), hasFailed: false);
        }

        AfterOperation?.Invoke(_operations.Count - 1, _host);
        return goesOn;
    }

    private void RunThread(string name, IReadOnlyList<ScenarioStep> steps)
    {
        foreach (ScenarioStep step in steps)
        {
            if (step.Op == "repeat")
            {
                for (ulong round = 0; round < step.Number("n"); round++)
                {
                    RunThread(name, step.Steps);
                }

                continue;
            }

            long firstStep = _host.Kernel.Trace.Count;
            StepOutcome outcome = _actions[step.Op](step);
            bool isMet = step.Expect is null || outcome.Meets(step.Expect);
            _operations.Add(new RunOperation(
                _operations.Count, step.Op, $"{name}: {step.Text}", outcome.Result, step.Expect?.ToString(), isMet, outcome.Details)
            {
                FirstStep = firstStep,
            });
        }
    }

    private bool RunAndRetry(ScenarioStep step)
    {
        int hits = _host.Kernel.Failures?.Hits ?? 0;
        return RunStep(step, hits) && (!RetriesFailed || _operations[^1] is not { FailedByPlan: true, IsError: true } || RunStep(step, _host.Kernel.Failures!.Hits));
    }

    private bool RunStep(ScenarioStep step, int hits)
    {
        StepOutcome outcome;
        bool goesOn = true;
        long firstStep = _host.Kernel.Trace.Count;
        _promises.Begin();
        try
        {
            outcome = _actions[step.Op](step);
            _host.Kernel.Scheduler.RunReady();
        }
        catch (Exception end) when (KindOf(end) is not null)
        {
            outcome = StepOutcome.Of(KindOf(end)!);
            _promises.Report(PromiseBrokenBy(end), PlaceOf(step), end.Message);
            goesOn = false;
        }

        _operations.Add(new RunOperation(
            _operations.Count,
            step.Op,
            step.Text,
            outcome.Result,
            step.Expect?.ToString(),
            step.Expect is null || outcome.Meets(step.Expect),
            outcome.Details)
        {
            FirstStep = firstStep,
            IsError = outcome.IsErrno || outcome.Result is "aborted",
            FailedByPlan = _host.Kernel.Failures?.Hits > hits,
        });
        if (goesOn)
        {
            // What the mm does to a range may fail half-way; only calls of VFIO's users are all or nothing.
            bool isCall = !_memoryOperations.Contains(step.Op);
            _promises.End(PlaceOf(step), isCall && outcome.IsErrno);
        }

        AfterOperation?.Invoke(_operations.Count - 1, _host);
        return goesOn;
    }

    // The numbers of the run are taken before: what is closed here is still open as far as the scenario goes.
    private void CloseFiles()
    {
        const string Place = "end of run";
        try
        {
            _files.CloseAll();
            _host.Kernel.Scheduler.RunReady();
        }
        catch (Exception end) when (KindOf(end) is not null)
        {
            _promises.Report(PromiseBrokenBy(end), Place, end.Message);
            return;
        }

        _promises.End(Place, hasFailed: false);
    }

    private static string PlaceOf(ScenarioStep step) => $"{step.Path} {step.Op}";
}
