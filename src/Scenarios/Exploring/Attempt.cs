using Iopf.Scenarios;
using Iopf.Schedulers;

namespace Iopf.Exploring;

/// <summary>A scenario run under one schedule; it shares nothing with others.</summary>
internal sealed class Attempt
{
    private readonly RunRequest _request;

    public Attempt(RunRequest request, ISchedule schedule)
    {
        _request = request;
        Recorded = new RecordedSchedule(schedule, request.Scenario.OperationsOfThreads, States);
    }

    /// <summary>The states it came through.</summary>
    public StateTrail States { get; } = new();

    /// <summary>The order in which it took locks.</summary>
    public LockGraph Locks { get; } = new();

    /// <summary>What it did.</summary>
    public RecordedSchedule Recorded { get; }

    /// <summary>Whether it was run at all.</summary>
    public bool HasRun { get; private set; }

    /// <summary>What it came to; <see langword="null"/> if its schedule gave it up.</summary>
    public RunResult? Result { get; private set; }

    public void Run()
    {
        HasRun = true;
        try
        {
            Result = ScenarioRun.Execute(_request with { Schedule = Recorded, AfterOperation = (_, host) => Locks.Add(host.Kernel.Scheduler.LockOrder) });
        }
        catch (RunGivenUpException)
        {
            Result = null;
        }
    }
}
