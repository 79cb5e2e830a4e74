using System.Runtime.CompilerServices;

namespace Iopf.Kernel;

/// <summary>A worker thread and the items that wait for it, first come first served.</summary>
/// <remarks>Kernel: <c>struct workqueue_struct</c> with one worker.</remarks>
public sealed class WorkQueue
{
    private readonly Scheduler _scheduler;
    private readonly KernelThread _worker;
    private readonly WaitQueue _idle;
    private readonly Queue<IWork> _items = new();
    private bool _running;

    /// <summary>Creates a queue and its sleeping worker.</summary>
    /// <param name="scheduler">Who runs the worker.</param>
    /// <param name="name">The worker's name.</param>
    public WorkQueue(Scheduler scheduler, string name)
    {
        ArgumentNullException.ThrowIfNull(scheduler);
        _scheduler = scheduler;
        _idle = new WaitQueue(scheduler, $"{name} to be idle");
        _worker = scheduler.CreateThread(name, Drain);
    }

    /// <summary>Whether nothing is queued or running.</summary>
    public bool IsIdle => _items.Count == 0 && !_running;

    /// <summary>Appends an item and wakes the worker.</summary>
    /// <param name="work">The item.</param>
    public void Enqueue(IWork work)
    {
        _items.Enqueue(work);
        _scheduler.Wake(_worker);
    }

    /// <summary>Waits until the queue is idle: until everything queued so far is done, and what is queued meanwhile.</summary>
    /// <remarks>Kernel: <c>flush_workqueue</c>, which does not wait for later items. Must not be called by the worker or with a lock held that the work takes.</remarks>
    /// <param name="place">Where the wait is; filled in by the compiler.</param>
    public void Flush([CallerMemberName] string place = "")
    {
        if (!IsIdle)
        {
            _idle.Wait(() => IsIdle, place);
        }
    }

    private void Drain()
    {
        while (_items.TryDequeue(out IWork? work))
        {
            _running = true;
            try
            {
                work.Run();
            }
            finally
            {
                _running = false;
            }

            if (_scheduler.Relinquishes())
            {
                return;
            }
        }

        _idle.WakeAll();
    }
}
