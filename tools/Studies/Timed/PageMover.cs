using Iopf.Kernel;
using Iopf.Schedulers;

namespace Iopf.Workloads;

/// <summary>The host takes pages away while the test runs, as NUMA balancing and compaction do: at a fixed rate, pages drawn by lot.</summary>
/// <remarks>The page is migrated; the MMU notifier has it unmapped for the device, and the next access to it faults again.</remarks>
internal sealed class PageMover : ITimedActor
{
    private const double NanosecondsPerMillisecond = 1e6;

    private readonly TimedScheduler _scheduler;
    private readonly HostKernel _kernel;
    private readonly IReadOnlyList<SecAccelerator> _devices;
    private readonly KernelThread _thread;
    private readonly long _interval;
    private Lots _lots;

    /// <summary>Creates the host's thread that moves pages.</summary>
    /// <param name="scheduler">The calendar.</param>
    /// <param name="kernel">The clock and the rate.</param>
    /// <param name="devices">Whose pages are moved.</param>
    /// <param name="seed">The seed of the lots.</param>
    public PageMover(TimedScheduler scheduler, HostKernel kernel, IReadOnlyList<SecAccelerator> devices, ulong seed)
    {
        (_scheduler, _kernel, _devices) = (scheduler, kernel, devices);
        _lots = new Lots(seed);
        _thread = scheduler.CreateCaller("kcompactd");
        _interval = Math.Max(1, (long)(NanosecondsPerMillisecond / kernel.Costs.RefaultsPerMillisecond));
    }

    /// <summary>Begins, if the rate is not 0.</summary>
    public void Start()
    {
        if (_kernel.Costs.RefaultsPerMillisecond > 0)
        {
            _scheduler.At(_kernel.Clock.Now + _interval, this);
        }
    }

    /// <inheritdoc/>
    public void Act()
    {
        if (_devices.All(static device => device.IsDone))
        {
            return;
        }

        long next = _kernel.Clock.Now + _interval;
        SecAccelerator device = _devices[_lots.Below(_devices.Count)];
        int set = _lots.Below(device.Buffers.Count);
        ulong buffer = _lots.Below(2) == 0 ? device.Buffers.SourceOf(set) : device.Buffers.DestinationOf(set);
        ulong page = Page.StartOf(buffer) + ((ulong)_lots.Below(device.Buffers.PagesPerMessage) << Page.Shift);
        using (_kernel.Scheduler.Enter(_thread))
        {
            // A page that is not there, or pinned, stays as it is.
            _ = device.Platform.Memory.Migrate(device.Platform.VaddrOf(page));
        }

        _scheduler.At(next, this);
    }
}
