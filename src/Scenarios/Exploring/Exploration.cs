using Iopf.Kernel;
using Iopf.Machine;
using Iopf.Scenarios;
using Iopf.Schedulers;

namespace Iopf.Exploring;

/// <summary>A scenario with threads, run under schedule after schedule.</summary>
/// <param name="Request">What was run.</param>
/// <param name="Options">Which schedules were tried.</param>
public sealed record Exploration(RunRequest Request, ExplorationOptions Options)
{
    private const int MostThreads = 60;
    private const int ChoicesSideBySide = 100_000;
    private const int FewestSideBySide = 2;

    /// <summary>The scenario's name.</summary>
    public string Scenario => Request.Scenario.Name;

    /// <summary>How many schedules were tried.</summary>
    public long Schedules { get; private set; }

    /// <summary>How many different states the runs came through; see <see cref="IsStateCountFull"/>.</summary>
    public long States { get; private set; }

    /// <summary>Whether there were more states than are kept.</summary>
    public bool IsStateCountFull { get; private set; }

    /// <summary>How many schedules were left half-way, because others show the same.</summary>
    public long GivenUp { get; private set; }

    /// <summary>How many schedules did not end by themselves in 2,000 choices, so that a fair one took over.</summary>
    public long Unfair { get; private set; }

    /// <summary>The kernel that was explored, in words: its patches and the defects that are on.</summary>
    public string Kernel { get; private set; } = "";

    /// <summary>The most choices of a run.</summary>
    public int LongestRun { get; private set; }

    /// <summary>Whether no schedule is left to try.</summary>
    public bool IsExhausted { get; private set; }

    /// <summary>What goes wrong, each once, in the order of finding.</summary>
    public IReadOnlyList<Finding> Findings { get; private set; } = [];

    /// <summary>The order in which locks were taken, over all schedules.</summary>
    public LockGraph Locks { get; } = new();

    /// <summary>Explores a scenario.</summary>
    /// <param name="request">What to run.</param>
    /// <param name="options">Which schedules.</param>
    /// <param name="progress">Told after each run how far it is; returns whether to go on.</param>
    /// <param name="inParallel">
    /// Does work of several numbers from 0 on, in any order and side by side; <see langword="null"/> to do it one after another. It changes nothing of the result,
    /// but for this: what it leaves out ends the exploration there.
    /// </param>
    /// <returns>What it came to.</returns>
    /// <exception cref="InputException">The scenario has no threads, or the strategy is unknown.</exception>
    public static Exploration Of(RunRequest request, ExplorationOptions options, Func<ExplorationProgress, bool> progress, Action<int, Action<int>>? inParallel = null)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(progress);
        if (request.Scenario.Steps.Count(step => step.Threads.Count > 0) != 1)
        {
            throw new InputException($"{request.Scenario.Name}: exploring takes a scenario with exactly one step \"parallel\" outside repeats");
        }

        // Each device, SMMU and process may wake a kernel thread of its own.
        MachineSpec machine = request.Scenario.Machine;
        int threads = request.Scenario.Steps.Sum(static step => step.Threads.Count) + machine.Devices.Count + machine.Smmus.Count + machine.Processes.Count;
        if (threads > MostThreads)
        {
            throw new InputException($"{request.Scenario.Name}: at most {MostThreads} threads, devices, SMMUs and processes together can be explored, and there are {threads}");
        }

        Exploration exploration = new(request, options);
        exploration.Run(options.CreateStrategy(), progress, inParallel ?? OneAfterAnother);
        return exploration;
    }

    private static void OneAfterAnother(int count, Action<int> work)
    {
        for (int number = 0; number < count; number++)
        {
            work(number);
        }
    }

    private void Run(IStrategy strategy, Func<ExplorationProgress, bool> progress, Action<int, Action<int>> inParallel)
    {
        Dictionary<string, Finding> findings = [];
        StateCount states = new();
        bool goesOn = true;
        while (goesOn && Next(strategy) is { Count: > 0 } attempts)
        {
            inParallel(attempts.Count, number => attempts[number].Run());
            for (int i = 0; goesOn && i < attempts.Count; i++)
            {
                goesOn = attempts[i].HasRun;
                if (goesOn)
                {
                    strategy.End(wasGivenUp: attempts[i].Result is null);
                    Take(attempts[i], states, findings);
                    goesOn = progress(new ExplorationProgress(Schedules, states.Distinct, Findings, (strategy as DepthFirst)?.ShareDone));
                }
            }
        }

        IsExhausted = Unfair == 0 && strategy is DepthFirst && (goesOn || Schedules < Options.MostSchedules) && strategy.Begin() is null;
        (States, IsStateCountFull) = (states.Distinct, states.IsFull);
    }

    private List<Attempt> Next(IStrategy strategy)
    {
        // The first one alone shows how long they are: of long ones fewer are held at once.
        List<Attempt> attempts = [];
        long fitting = Schedules == 0 ? 1 : Math.Max(FewestSideBySide, ChoicesSideBySide / Math.Max(1, LongestRun));
        long most = Math.Min(Math.Min(strategy.SideBySide, fitting), Options.MostSchedules - Schedules);
        while (attempts.Count < most && strategy.Begin() is { } schedule)
        {
            attempts.Add(new Attempt(Request, schedule));
        }

        return attempts;
    }

    private void Take(Attempt attempt, StateCount states, Dictionary<string, Finding> findings)
    {
        RunResult? result = attempt.Result;
        Schedules++;
        GivenUp += result is null ? 1 : 0;
        Unfair += attempt.Recorded.IsUnfair ? 1 : 0;
        LongestRun = Math.Max(LongestRun, attempt.Recorded.Length);
        Kernel = result is null ? Kernel : $"patches {result.Patches}{(result.Errata.IsEmpty ? "" : $", errata {result.Errata}")}";
        states.Add(attempt.States);
        Locks.Add(attempt.Locks);
        foreach (Trouble trouble in result is null ? [] : Trouble.In(result))
        {
            if (!findings.ContainsKey(trouble.Signature))
            {
                Minimizer minimizer = new(Request with { Schedule = null }, trouble);
                findings.Add(trouble.Signature, minimizer.Shorten(attempt.Recorded.Entries(), Schedules, attempt.Recorded.Switches));
            }
        }

        Findings = [.. findings.Values];
    }
}
