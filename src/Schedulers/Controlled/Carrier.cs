using Iopf.Kernel;

namespace Iopf.Schedulers;

/// <summary>What carries one thread of a controlled run: it runs only while it has the baton.</summary>
/// <param name="index">Its place among the threads of the run.</param>
/// <param name="name">The thread's name in schedules.</param>
/// <param name="identity">Who it runs as, unless it entered somebody else.</param>
internal sealed class Carrier(int index, string name, KernelThread identity) : IScheduledThread
{
    private readonly Baton _baton = new();
    private CarrierThread? _thread;

    /// <summary>Its place among the threads of the run.</summary>
    public int Index { get; } = index;

    /// <summary>What it is about to do.</summary>
    public SchedulePoint Pending { get; set; } = new(PointKind.None, "start", name);

    /// <summary>The thread's name in schedules.</summary>
    public string Name { get; } = name;

    /// <summary>Who it runs as now.</summary>
    public KernelThread Identity { get; set; } = identity;

    /// <summary>Whether it has anything to do.</summary>
    public bool IsActive { get; set; } = true;

    /// <summary>The lock it cannot get; null if it waits for none.</summary>
    public KernelLock? BlockedOn { get; set; }

    /// <summary>How it wants that lock.</summary>
    public LockMode BlockedMode { get; set; }

    /// <summary>What it sleeps on; null if it does not sleep.</summary>
    public WaitQueue? WaitsOn { get; set; }

    /// <summary>Whether somebody woke the sleepers of that queue since it sleeps.</summary>
    public bool IsWoken { get; set; }

    /// <summary>Whether a fatal signal ends the sleep.</summary>
    public bool IsKillable { get; set; }

    /// <summary>The kernel function that waits.</summary>
    public string Place { get; set; } = string.Empty;

    /// <summary>The people it may run as besides itself, one for each thread it enters.</summary>
    public Dictionary<KernelThread, KernelThread> Aliases { get; } = [];

    /// <summary>Whether it could go on now.</summary>
    public bool IsRunnable => IsActive && !IsBlocked && (WaitsOn is null || IsWoken || (IsKillable && Identity.HasFatalSignal));

    private bool IsBlocked => BlockedOn is { } wanted
        && (wanted.Owner is not null || (BlockedMode == LockMode.Exclusive && wanted.Readers > 0));

    /// <summary>Has it run something as soon as it gets the baton.</summary>
    /// <param name="body">What it runs; must not throw.</param>
    public void Start(Action body) => _thread = CarrierThread.Start(() =>
    {
        Take();
        body();
    });

    /// <summary>Hands it the baton.</summary>
    public void Give() => _baton.Give();

    /// <summary>Waits for the baton.</summary>
    public void Take() => _baton.Take();

    /// <summary>Waits until what it runs has returned.</summary>
    public void Join() => _thread?.Join();

    /// <summary>Says what it waits for, in which function, and what it holds.</summary>
    /// <returns>One sentence.</returns>
    public string Describe()
    {
        string wait = BlockedOn is { } wanted
            ? $"{wanted.Name}, held by {wanted.DescribeHolder()}"
            : WaitsOn?.Name ?? "its turn";
        return $"{Identity.Name} waits in {Place} for {wait} (the waiter holds {Identity.DescribeHeldLocks()})";
    }
}
