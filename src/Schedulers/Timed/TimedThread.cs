using Iopf.Kernel;

namespace Iopf.Schedulers;

/// <summary>A thread on its time line: it waits for its CPU, serves one item of its work, and goes on or sleeps.</summary>
internal sealed class TimedThread(TimedScheduler scheduler, KernelThread thread, ThreadTimes times) : ITimedActor
{
    private readonly List<Processor> _near = [];
    private long _readyAt;
    private bool _sleeps;
    private bool _runs;

    /// <summary>Where its time went.</summary>
    public ThreadTimes Times { get; } = times;

    /// <summary>A CPU for the workers that this thread wakes.</summary>
    /// <param name="index">Which.</param>
    /// <param name="all">The CPUs there are; new ones are added.</param>
    /// <returns>The CPU.</returns>
    public Processor NearProcessor(int index, List<Processor> all)
    {
        while (_near.Count <= index)
        {
            _near.Add(new Processor($"cpu{all.Count}"));
            all.Add(_near[^1]);
        }

        return _near[index];
    }

    /// <summary>Makes it runnable: it slept, or it runs and looks once more before it sleeps.</summary>
    /// <param name="now">When.</param>
    public void Wake(long now)
    {
        if (!_runs)
        {
            (_readyAt, _sleeps) = (now, true);
            scheduler.Enter(this, now, goesOn: false);
        }
    }

    /// <inheritdoc/>
    public void Act()
    {
        Processor processor = Times.Processor;
        long now = scheduler.Kernel.Clock.Now;
        if (processor.FreeAt <= now)
        {
            processor.WorkersTurn = Times.IsInterruptThread ? null : new Turn();
            processor.FreeAt = RunOnce(now);
        }
        else if (Times.IsInterruptThread && scheduler.Kernel.Costs.EventThreadPreempts && processor.WorkersTurn is { } preempted)
        {
            Preempt(processor, preempted, RunOnce(now) - now);
        }
        else
        {
            scheduler.Enter(this, processor.FreeAt, goesOn: false);
        }
    }

    // Interrupt threads have a real-time priority, workers have none. The worker's thread is switched back to when this one sleeps.
    private void Preempt(Processor processor, Turn preempted, long nanoseconds)
    {
        long delay = nanoseconds;
        if (!thread.IsReady)
        {
            delay += scheduler.Kernel.Costs.WorkerWakeNanoseconds;
            scheduler.Kernel.Stages.Add(CostStage.WorkerWake, scheduler.Kernel.Costs.WorkerWakeNanoseconds);
            processor.Preemptions++;
            processor.BusyNanoseconds += scheduler.Kernel.Costs.WorkerWakeNanoseconds;
        }

        preempted.DelayNanoseconds += delay;
        processor.FreeAt += delay;
    }

    /// <summary>Serves one item.</summary>
    /// <returns>When it is done.</returns>
    private long RunOnce(long now)
    {
        HostKernel kernel = scheduler.Kernel;
        Times.WaitingNanoseconds += now - _readyAt;
        Times.Runs++;
        if (_sleeps)
        {
            Times.WakeUps++;
            kernel.SpendStage(Times.IsInterruptThread ? CostStage.InterruptWake : CostStage.WorkerWake);
        }

        _runs = true;
        bool goesOn = scheduler.RunItem(thread, Times.IsInterruptThread ? null : Times.Processor.WorkersTurn);
        _runs = false;
        thread.IsReady |= goesOn;
        long end = kernel.Clock.Now;
        Times.BusyNanoseconds += end - now;
        Times.Processor.BusyNanoseconds += end - now;
        if (thread.IsReady)
        {
            (_readyAt, _sleeps) = (end, false);
            scheduler.Enter(this, end, goesOn: true);
        }

        return end;
    }
}
