using Iopf.Kernel;

namespace Iopf.Mm.Tests;

public sealed class UserfaultTests
{
    private readonly Host _host = new();

    public UserfaultTests()
    {
        _host.WithPages(2);
        Assert.Equal(Errno.None, _host.Mm.RegisterUserfault(Host.Pages(0, 1)));
    }

    [Fact]
    public void Pages_obtained_for_a_short_time_wait_for_user_space_without_a_lock()
    {
        List<string> locks = [];
        _host.Mm.UserfaultRaised += page =>
        {
            locks.Add(_host.Kernel.Scheduler.Current.DescribeHeldLocks());
            Assert.Equal(Errno.None, _host.Mm.CompleteUserfault(page, [6]));
        };
        Pfn[] frames = new Pfn[2];

        Assert.Equal(2, _host.Mm.GetPages(Host.At(0), 2, MemoryAccess.Write, frames).Value);

        Assert.Equal(["no lock"], locks);
        Assert.Equal(6, Host.Read(_host.Mm, 0));
        Assert.Equal(_host.FrameOf(0), frames[0]);
    }

    [Fact]
    public void Pinning_does_not_wait_and_fails_with_EFAULT()
    {
        _host.Mm.UserfaultRaised += _ => Assert.Fail("no fault may be raised without leave to wait");

        Assert.Equal(Errno.EFAULT, _host.Mm.PinPages(Host.At(0), 1, PinFlags.Write, new Pfn[1]).Error);
    }

    [Fact]
    public void A_fault_of_the_mmap_lock_holder_waits_too()
    {
        KernelThread monitor = _host.Kernel.Scheduler.CreateThread("monitor", () => _host.Mm.CompleteUserfault(Host.At(0), [9]));
        _host.Mm.UserfaultRaised += _ => _host.Kernel.Scheduler.Wake(monitor);
        using LockScope reading = _host.Mm.MmapLock.HoldRead();

        Assert.Equal(Errno.None, _host.Mm.HandleFault(Host.At(0), MemoryAccess.Write));

        Assert.Equal(9, Host.Read(_host.Mm, 0));
    }

    [Fact]
    public void A_killed_thread_stops_waiting_with_EINTR()
    {
        _host.Kernel.Scheduler.Current.HasFatalSignal = true;

        Assert.Equal(Errno.EINTR, _host.Mm.GetPages(Host.At(0), 1, MemoryAccess.Read, new Pfn[1]).Error);
    }

    [Fact]
    public void Nobody_supplying_the_page_is_a_reported_deadlock() =>
        Assert.Throws<DeadlockException>(() => _host.Mm.Read(Host.At(0), new byte[1]));

    [Fact]
    public void A_page_is_supplied_once_and_only_where_it_is_user_spaces_affair()
    {
        Assert.Equal(Errno.None, _host.Mm.CompleteUserfault(Host.At(0), [1]));

        Assert.Equal(Errno.EEXIST, _host.Mm.CompleteUserfault(Host.At(0), [2]));
        Assert.Equal(Errno.ENOENT, _host.Mm.CompleteUserfault(Host.At(1), [2]));
        Assert.Equal(Errno.EINVAL, _host.Mm.RegisterUserfault(Host.Pages(1, 4)));
    }

    [Fact]
    public void A_page_supplied_with_zeros_is_the_zero_page_until_it_is_written()
    {
        _host.Mm.UserfaultRaised += page => Assert.Equal(Errno.None, _host.Mm.CompleteUserfaultWithZeros(page));

        Assert.Equal(0, Host.Read(_host.Mm, 0));
        Assert.Equal(_host.Memory.ZeroPage, _host.FrameOf(0));
        Assert.Equal(Errno.EEXIST, _host.Mm.CompleteUserfaultWithZeros(Host.At(0)));
        Assert.Equal(Errno.ENOENT, _host.Mm.CompleteUserfaultWithZeros(Host.At(1)));
        Host.Write(_host.Mm, 0, 3);

        Assert.NotEqual(_host.Memory.ZeroPage, _host.FrameOf(0));
        Assert.Equal(3, Host.Read(_host.Mm, 0));
    }

    [Fact]
    public void A_write_that_waited_breaks_the_zero_page_it_was_given()
    {
        _host.Mm.UserfaultRaised += page => _host.Mm.CompleteUserfaultWithZeros(page);

        Host.Write(_host.Mm, 0, 4);

        Assert.Equal(4, Host.Read(_host.Mm, 0));
    }

    [Fact]
    public void A_waiter_that_is_killed_while_it_waits_stops_with_EINTR_and_maps_nothing()
    {
        KernelThread waiter = _host.Kernel.Scheduler.Current;
        _host.Mm.UserfaultRaised += _ => waiter.HasFatalSignal = true;

        Assert.Equal(Errno.EINTR, _host.Mm.GetPages(Host.At(0), 1, MemoryAccess.Write, new Pfn[1]).Error);

        Assert.False(_host.Mm.IsResident(Host.At(0)));
        Assert.False(_host.Mm.MmapLock.IsTaken);
    }
}
