using Iopf.Kernel;
using Iopf.TestKit.Mm;

namespace Iopf.Mm.Tests;

public sealed class NotifierLifeTests
{
    private readonly Host _host = new();

    [Fact]
    [Trait("Fact", "T184")]
    public void Exit_releases_once_before_pages_are_freed_and_calls_nothing_afterwards()
    {
        _host.WithPages(2).Written(1, 2);
        Pfn frame = _host.FrameOf(0);
        RecordingNotifier notifier = RecordingNotifier.On(_host.Mm);
        FrameUse useAtRelease = FrameUse.Free;
        notifier.Called = _ => useAtRelease = _host.Memory.UseOf(frame);

        _host.Mm.Exit();

        Assert.Equal("release()", notifier.NamesWithLocks);
        Assert.Equal(FrameUse.Anonymous, useAtRelease);
        Assert.Equal(FrameUse.Free, _host.Memory.UseOf(frame));
        _host.Mm.UnregisterNotifier(notifier);
        Assert.Equal("release", notifier.Names);
    }

    [Fact]
    public void The_root_table_lives_until_the_last_notifier_is_unregistered()
    {
        RecordingNotifier notifier = RecordingNotifier.On(_host.Mm);
        _host.Mm.Exit();
        Assert.Equal(1, _host.Memory.AllocatedFrames);

        _host.Mm.UnregisterNotifier(notifier);

        Assert.Equal(0, _host.Memory.AllocatedFrames);
        Assert.Null(_host.Mm.FrameAt(Host.At(0)));
    }

    [Fact]
    public void Exit_waits_for_the_last_user()
    {
        RecordingNotifier notifier = RecordingNotifier.On(_host.Mm);
        Assert.True(_host.Mm.TryGet());

        _host.Mm.Exit();
        Assert.True(_host.Mm.IsAlive);
        Assert.Empty(notifier.Calls);
        _host.Mm.Put();

        Assert.False(_host.Mm.IsAlive);
        Assert.False(_host.Mm.TryGet());
        Assert.Equal("release", notifier.Names);
    }

    [Fact]
    public void Nothing_can_be_mapped_or_obtained_after_exit()
    {
        _host.WithPages(1).Written(1);
        _host.Mm.Exit();

        Assert.Equal(Errno.ESRCH, _host.Mm.Mmap(Host.Pages(0, 1), Host.ReadWrite));
        Assert.Equal(Errno.EFAULT, _host.Mm.PinPages(Host.At(0), 1, PinFlags.None, new Pfn[1]).Error);
        Assert.Equal(Errno.ESRCH, _host.Mm.AccountLocked(1));
        Assert.Equal(Errno.ENOENT, _host.Mm.SwapOut(Host.At(0)));
    }

    [Fact]
    [Trait("Fact", "T185")]
    public void Unregistering_while_a_callback_runs_waits_for_it()
    {
        InlineScheduler scheduler = (InlineScheduler)_host.Kernel.Scheduler;
        _host.WithPages(1).Written(1);
        RecordingNotifier notifier = RecordingNotifier.On(_host.Mm);
        string? refusal = null;
        KernelThread other = scheduler.CreateThread(
            "unregister",
            () => refusal = Assert.Throws<DeadlockException>(() => _host.Mm.UnregisterNotifier(notifier)).Message);
        notifier.Called = call =>
        {
            // Run to completion on top of this callback, the wait can never end: it is reported instead of returning early.
            if (call.Name == "start")
            {
                scheduler.Wake(other);
                scheduler.RunReady();
            }
        };

        _host.Mm.Munmap(Host.Pages(0, 1));

        Assert.Contains("mmu notifier srcu readers", refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void Unregistering_with_no_callback_running_releases_and_ends_all_callbacks()
    {
        _host.WithPages(1).Written(1);
        RecordingNotifier notifier = RecordingNotifier.On(_host.Mm);

        _host.Mm.UnregisterNotifier(notifier);
        _host.Mm.Munmap(Host.Pages(0, 1));

        Assert.Equal("release", notifier.Names);
    }

    [Fact]
    public void Unregistering_inside_ones_own_callback_is_reported()
    {
        _host.WithPages(1).Written(1);
        RecordingNotifier notifier = RecordingNotifier.On(_host.Mm);
        notifier.Called = call =>
        {
            if (call.Name == "start")
            {
                _host.Mm.UnregisterNotifier(notifier);
            }
        };

        Assert.Throws<LockMisuseException>(() => _host.Mm.Munmap(Host.Pages(0, 1)));
    }

    [Fact]
    [Trait("Fact", "T187")]
    public void Registering_with_a_pending_signal_fails_with_EINTR_and_hooks_nothing()
    {
        _host.WithPages(1, kind: VmaKind.Shared).Written(1);
        RecordingNotifier notifier = new();
        _host.Kernel.Scheduler.Current.HasFatalSignal = true;

        Assert.Equal(Errno.EINTR, _host.Mm.RegisterNotifier(notifier));

        _host.Mm.Munmap(Host.Pages(0, 1));
        Assert.Empty(notifier.Calls);
        Assert.False(_host.Mm.MmapLock.IsTaken);
    }

    [Fact]
    public void Registering_without_memory_fails_with_ENOMEM()
    {
        _host.Memory.FrameLimit = _host.Memory.AllocatedFrames;

        Assert.Equal(Errno.ENOMEM, _host.Mm.RegisterNotifier(new RecordingNotifier()));
    }

    [Fact]
    public void Registering_on_memory_without_users_is_a_kernel_BUG()
    {
        _host.Mm.Exit();

        KernelOopsException oops = Assert.Throws<KernelOopsException>(() => _host.Mm.RegisterNotifier(new RecordingNotifier()));

        Assert.Equal("mmu_notifier_register", oops.Place);
    }

    [Fact]
    public void Registering_the_same_notifier_twice_breaks_a_promise()
    {
        RecordingNotifier notifier = RecordingNotifier.On(_host.Mm);

        Assert.Throws<InvariantViolationException>(() => _host.Mm.RegisterNotifier(notifier));
    }

    [Fact]
    public void Registering_under_the_mmap_lock_is_reported()
    {
        using LockScope reading = _host.Mm.MmapLock.HoldRead();

        Assert.Throws<LockMisuseException>(() => _host.Mm.RegisterNotifier(new RecordingNotifier()));
    }

    [Fact]
    public void Registering_takes_the_mmap_lock_and_then_every_rmap_lock()
    {
        LockOrder order = new();
        ((InlineScheduler)_host.Kernel.Scheduler).LockOrder = order;
        _host.WithPages(1, kind: VmaKind.Shared);

        RecordingNotifier.On(_host.Mm);

        Assert.Contains(("mmap_lock", "i_mmap_rwsem"), order.Edges.Keys);
        Assert.Contains(("mmap_lock", "anon_vma"), order.Edges.Keys);
        Assert.False(_host.Mm.RmapLock.IsTaken);
    }

    [Fact]
    public void Accounting_counts_pages_and_never_goes_below_zero()
    {
        Assert.Equal(Errno.None, _host.Mm.AccountLocked(5));
        Assert.Equal(Errno.None, _host.Mm.AccountLocked(-5));
        Assert.Equal(0, _host.Mm.LockedVm);

        Assert.Throws<InvariantViolationException>(() => _host.Mm.AccountLocked(-1));
    }

    [Fact]
    public void Accounting_in_a_killed_thread_fails_with_EINTR()
    {
        _host.Kernel.Scheduler.Current.HasFatalSignal = true;

        Assert.Equal(Errno.EINTR, _host.Mm.AccountLocked(5));
        Assert.Equal(0, _host.Mm.LockedVm);
    }
}
