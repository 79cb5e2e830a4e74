using Iopf.Kernel;
using Iopf.TestKit.Mm;

namespace Iopf.Mm.Tests;

public sealed class ProcessTests
{
    private readonly HostKernel _kernel = new();
    private readonly PhysicalMemory _memory;
    private readonly Process _process;

    public ProcessTests()
    {
        _memory = new PhysicalMemory(_kernel);
        _process = new Process(_kernel, _memory, "qemu");
    }

    private AddressSpace Mm => Assert.IsType<AddressSpace>(_process.Mm);

    [Fact]
    public void A_process_that_exits_leaves_its_memory_before_it_closes_its_files()
    {
        AddressSpace mm = Mm;
        RecordingNotifier notifier = RecordingNotifier.On(mm);
        List<string> steps = [];
        notifier.Called = call => steps.Add($"{call.Name}, mm is {(_process.Mm is null ? "gone" : "there")}");
        _process.ExitFiles += () => steps.Add($"files, alive: {mm.IsAlive}, by {_kernel.Scheduler.Current.Name}");

        _process.Exit();

        Assert.Equal(["release, mm is gone", "files, alive: False, by qemu"], steps);
        Assert.Throws<InvariantViolationException>(_process.Exit);
    }

    [Fact]
    public void Another_program_starts_with_empty_memory_and_the_old_one_is_released()
    {
        AddressSpace old = Mm;
        old.Mmap(Host.Pages(0, 1), Host.ReadWrite);
        RecordingNotifier notifier = RecordingNotifier.On(old);

        _process.Exec();

        Assert.NotSame(old, Mm);
        Assert.False(old.IsAlive);
        Assert.True(Mm.IsAlive);
        Assert.Equal("release", notifier.Names);
        Assert.Equal(Errno.EFAULT, Mm.Read(Host.At(0), new byte[1]));
    }

    [Fact]
    public void A_child_inherits_limit_and_capability_and_shares_private_pages_until_one_side_writes()
    {
        _process.HasIpcLock = true;
        _process.MemlockLimitBytes = 4096;
        Mm.Mmap(Host.Pages(0, 1), Host.ReadWrite);
        Host.Write(Mm, 0, 1);

        Process child = _process.Fork("child").Value;
        AddressSpace childMm = Assert.IsType<AddressSpace>(child.Mm);

        Assert.True(child.HasIpcLock);
        Assert.Equal(4096UL, child.MemlockLimitBytes);
        Assert.Equal(Mm.FrameAt(Host.At(0)), childMm.FrameAt(Host.At(0)));
        Host.Write(childMm, 0, 2);
        Assert.Equal(1, Host.Read(Mm, 0));
        Assert.Equal(2, Host.Read(childMm, 0));
    }

    [Fact]
    public void Shared_memory_stays_shared_even_where_it_was_first_touched_after_the_fork()
    {
        Mm.Mmap(Host.Pages(0, 2), Host.ReadWrite, VmaKind.Shared);
        Host.Write(Mm, 0, 1);
        Process child = _process.Fork("child").Value;

        Host.Write(child.Mm!, 0, 2);
        Host.Write(child.Mm!, 1, 3);

        Assert.Equal(2, Host.Read(Mm, 0));
        Assert.Equal(3, Host.Read(Mm, 1));
    }

    [Fact]
    public void A_pinned_page_is_copied_for_the_child_at_once_so_that_the_parent_keeps_it()
    {
        Mm.Mmap(Host.Pages(0, 1), Host.ReadWrite);
        Host.Write(Mm, 0, 1);
        Pfn[] pinned = new Pfn[1];
        Mm.PinPages(Host.At(0), 1, PinFlags.Write, pinned);

        Process child = _process.Fork("child").Value;
        Host.Write(Mm, 0, 2);

        Assert.Equal(pinned[0], Mm.FrameAt(Host.At(0)));
        Assert.NotEqual(pinned[0], child.Mm!.FrameAt(Host.At(0)));
        Assert.Equal(1, Host.Read(child.Mm, 0));
    }

    [Fact]
    public void After_everybody_exited_no_frame_is_left()
    {
        Mm.Mmap(Host.Pages(0, 4), Host.ReadWrite);
        Mm.Mmap(Host.Pages(8, 4), Host.ReadWrite, VmaKind.Shared);
        Host.Write(Mm, 0, 1);
        Host.Write(Mm, 8, 1);
        Process child = _process.Fork("child").Value;
        Host.Write(child.Mm!, 0, 2);
        Host.Write(child.Mm!, 9, 2);
        child.Mm!.SwapOut(Host.At(0));

        _process.Exit();
        Assert.Equal(1, Host.Read(child.Mm, 8));
        child.Exit();

        Assert.Equal(0, _memory.AllocatedFrames);
        Assert.Equal(0, _memory.SwappedPages);
    }

    [Fact]
    public void A_new_program_leaves_files_open_and_pinned_pages_to_whoever_pinned_them()
    {
        Mm.Mmap(Host.Pages(0, 1), Host.ReadWrite);
        Host.Write(Mm, 0, 7);
        Pfn[] pinned = new Pfn[1];
        Mm.PinPages(Host.At(0), 1, PinFlags.Write, pinned);
        int closed = 0;
        _process.ExitFiles += () => closed++;

        _process.Exec();

        Assert.Equal(0, closed);
        Assert.Equal(1, _memory.PinCountOf(pinned[0]));
        byte[] read = new byte[1];
        _memory.Read(pinned[0].Address, read);
        Assert.Equal(7, read[0]);
        _memory.Unpin(pinned[0], dirty: false);
        Assert.Equal(FrameUse.Free, _memory.UseOf(pinned[0]));
        _process.Exit();
        Assert.Equal(1, closed);
    }
}
