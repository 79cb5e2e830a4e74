using Iopf.Kernel;

namespace Iopf.Mm.Tests.Notifiers;

/// <summary>A notifier that writes down its callbacks, the locks with their modes, and whether start and end calls come in pairs.</summary>
internal sealed class LockRecorder : MmuNotifier
{
    private readonly Scheduler _scheduler;
    private readonly List<InvalidationRange> _open = [];

    private LockRecorder(Scheduler scheduler) => _scheduler = scheduler;

    /// <summary>Callbacks with locks: <c>r</c> and <c>w</c> are the mmap lock for reading and writing, <c>rmap</c>, <c>ptl</c>.</summary>
    public List<string> Calls { get; } = [];

    /// <summary>What start calls announced.</summary>
    public List<InvalidationRange> Announced { get; } = [];

    /// <summary>Whether every start call had its end call, with the same range.</summary>
    public bool IsPaired => _open.Count == 0;

    public static LockRecorder On(Host host, AddressSpace mm)
    {
        LockRecorder recorder = new(host.Kernel.Scheduler);
        Assert.Equal(Errno.None, mm.RegisterNotifier(recorder));
        return recorder;
    }

    public override Errno InvalidateRangeStart(AddressSpace mm, in InvalidationRange range)
    {
        Assert.Equal(!range.IsBlockable, _scheduler.Current.IsNonBlockable);
        Record("start", mm, range.Range);
        Announced.Add(range);
        _open.Add(range);
        return Errno.None;
    }

    public override void InvalidateRangeEnd(AddressSpace mm, in InvalidationRange range)
    {
        Record("end", mm, range.Range);
        Assert.True(_open.Remove(range), "an end call follows a start call with the same range");
    }

    public override void InvalidateRange(AddressSpace mm, UserRange range) => Record("invalidate", mm, range);

    public override void ChangePte(AddressSpace mm, UserAddress page, Pfn frame) => Record("change_pte", mm, UserRange.OfPages(page, 1));

    public override void Release(AddressSpace mm) => Record("release", mm, UserRange.All);

    private void Record(string name, AddressSpace mm, UserRange range)
    {
        KernelThread thread = _scheduler.Current;
        List<string> locks = [];
        if (mm.MmapLock.IsHeld)
        {
            locks.Add(thread.HoldsExclusively(mm.MmapLock) ? "w" : "r");
        }

        if (mm.RmapLock.IsHeld || mm.IsRmapLockHeld(range.First))
        {
            locks.Add("rmap");
        }

        if (mm.PageTableLock.IsHeld)
        {
            locks.Add("ptl");
        }

        Calls.Add($"{name}({string.Join(' ', locks)})");
    }
}
