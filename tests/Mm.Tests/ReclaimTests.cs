using Iopf.Kernel;
using Iopf.TestKit.Mm;

namespace Iopf.Mm.Tests;

public sealed class ReclaimTests
{
    private readonly Host _host = new();

    [Fact]
    [Trait("Fact", "T183")]
    public void A_pinned_page_is_neither_migrated_nor_swapped_out_until_it_is_unpinned()
    {
        _host.WithPages(1).Written(1);
        Pfn frame = _host.Pin(0);
        RecordingNotifier notifier = RecordingNotifier.On(_host.Mm);

        Assert.Equal(Errno.EBUSY, _host.Mm.Migrate(Host.At(0)));
        Assert.Equal(Errno.EBUSY, _host.Mm.SwapOut(Host.At(0)));
        Assert.Equal(frame, _host.FrameOf(0));
        Assert.Empty(notifier.Calls);

        _host.Memory.Unpin(frame, dirty: false);
        Assert.Equal(Errno.None, _host.Mm.Migrate(Host.At(0)));
        Assert.Equal(Errno.None, _host.Mm.SwapOut(Host.At(0)));
    }

    [Fact]
    public void A_page_that_is_pinned_from_the_start_callback_stays_where_it_is()
    {
        _host.WithPages(1).Written(1);
        Pfn frame = _host.FrameOf(0);
        RecordingNotifier notifier = RecordingNotifier.On(_host.Mm);
        notifier.Called = call =>
        {
            if (call.Name == "start")
            {
                _host.Memory.Pin(frame);
            }
        };

        Assert.Equal(Errno.EBUSY, _host.Mm.SwapOut(Host.At(0)));
        _host.Memory.Unpin(frame, dirty: false);
        Assert.Equal(Errno.EBUSY, _host.Mm.Migrate(Host.At(0)));

        Assert.Equal(frame, _host.FrameOf(0));
        Assert.Equal(1, Host.Read(_host.Mm, 0));
        Assert.Equal((2, 1), (_host.Memory.ReferenceCountOf(frame), _host.Memory.PinCountOf(frame)));
    }

    [Fact]
    public void A_swapped_out_page_comes_back_with_its_contents_in_another_frame()
    {
        _host.WithPages(1).Written(42);
        Pfn before = _host.FrameOf(0);

        _host.Mm.SwapOut(Host.At(0));
        Assert.Equal(FrameUse.Free, _host.Memory.UseOf(before));
        Assert.Equal(1, _host.Memory.SwappedPages);

        Assert.Equal(42, Host.Read(_host.Mm, 0));
        Assert.NotEqual(before, _host.FrameOf(0));
        Assert.Equal(0, _host.Memory.SwappedPages);
    }

    [Fact]
    public void What_is_not_resident_private_or_shared_memory_cannot_be_reclaimed()
    {
        _host.WithPages(2);
        Host.Read(_host.Mm, 0);

        Assert.Equal(Errno.ENOENT, _host.Mm.SwapOut(Host.At(0)));
        Assert.Equal(Errno.ENOENT, _host.Mm.Migrate(Host.At(1)));
        Assert.Equal(Errno.ENOENT, _host.Mm.SwapOut(Host.At(9)));
        Assert.Equal(Errno.ENOENT, _host.Mm.CleanForWriteback(Host.At(0)));
    }

    [Fact]
    public void Unmapping_and_exit_free_swapped_pages()
    {
        _host.WithPages(2).Written(1, 2);
        _host.Mm.SwapOut(Host.At(0));
        _host.Mm.SwapOut(Host.At(1));

        _host.Mm.Munmap(Host.Pages(0, 1));
        Assert.Equal(1, _host.Memory.SwappedPages);
        _host.Mm.Exit();

        Assert.Equal(0, _host.Memory.SwappedPages);
    }

    [Fact]
    public void A_swapped_page_is_read_back_by_parent_and_child_each_for_itself()
    {
        _host.WithPages(1).Written(3);
        _host.Mm.SwapOut(Host.At(0));
        AddressSpace child = _host.Mm.Fork("child").Value;

        Host.Write(child, 0, 4);

        Assert.Equal(3, Host.Read(_host.Mm, 0));
        Assert.Equal(4, Host.Read(child, 0));
        Assert.Equal(0, _host.Memory.SwappedPages);
    }

    [Fact]
    public void A_page_freed_by_advice_is_dropped_by_reclaim_unless_it_was_written_again()
    {
        _host.WithPages(2).Written(1, 2);
        _host.Mm.Madvise(Host.Pages(0, 2), MemoryAdvice.Free);
        Assert.Equal(1, Host.Read(_host.Mm, 0));
        Host.Write(_host.Mm, 1, 3);

        _host.Mm.SwapOut(Host.At(0));
        _host.Mm.SwapOut(Host.At(1));

        Assert.Equal(1, _host.Memory.SwappedPages);
        Assert.Equal(0, Host.Read(_host.Mm, 0));
        Assert.Equal(3, Host.Read(_host.Mm, 1));
    }

    [Fact]
    public void Migration_keeps_contents_access_and_dirtiness()
    {
        _host.WithPages(1).Written(5);
        Pfn old = _host.FrameOf(0);

        Assert.Equal(Errno.None, _host.Mm.Migrate(Host.At(0)));

        Assert.NotEqual(old, _host.FrameOf(0));
        Assert.Equal(FrameUse.Free, _host.Memory.UseOf(old));
        Assert.True(_host.Mm.IsWritableAt(Host.At(0)));
        Assert.Equal(5, Host.Read(_host.Mm, 0));
        Assert.Equal(1, _host.Memory.ReferenceCountOf(_host.FrameOf(0)));
    }

    [Fact]
    public void Migration_of_a_page_without_access_leaves_it_without_access()
    {
        _host.WithPages(1).Written(5);
        _host.Mm.Mprotect(Host.Pages(0, 1), MemoryAccess.None);

        Assert.Equal(Errno.None, _host.Mm.Migrate(Host.At(0)));

        Assert.False(_host.Mm.IsResident(Host.At(0)));
        _host.Mm.Mprotect(Host.Pages(0, 1), MemoryAccess.Read);
        Assert.Equal(5, Host.Read(_host.Mm, 0));
    }

    [Fact]
    public void Migration_of_a_shared_page_moves_it_for_everybody()
    {
        _host.WithPages(1, kind: VmaKind.Shared).Written(5);
        AddressSpace child = _host.Mm.Fork("child").Value;
        Host.Read(child, 0);
        Pfn old = _host.FrameOf(0);

        Assert.Equal(Errno.None, _host.Mm.Migrate(Host.At(0)));

        Pfn moved = _host.FrameOf(0);
        Assert.NotEqual(old, moved);
        Assert.Equal(moved, Host.FrameOf(child, 0));
        Assert.Equal(3, _host.Memory.ReferenceCountOf(moved));
        Assert.Equal(FrameUse.Free, _host.Memory.UseOf(old));
    }

    [Fact]
    public void A_page_unmapped_while_it_migrates_is_simply_gone()
    {
        _host.WithPages(1).Written(5);
        RecordingNotifier notifier = RecordingNotifier.On(_host.Mm);
        notifier.Called = call =>
        {
            if (call is { Name: "end", Announced.Reason: InvalidationReason.Clear })
            {
                _host.Mm.Munmap(Host.Pages(0, 1));
            }
        };

        Assert.Equal(Errno.None, _host.Mm.Migrate(Host.At(0)));

        Assert.Equal(1, _host.Memory.AllocatedFrames);
        Assert.Equal(Errno.EFAULT, _host.Mm.Read(Host.At(0), new byte[1]));
    }

    [Fact]
    public void Merged_pages_share_a_frame_until_one_is_written()
    {
        _host.WithPages(2).Written(7, 7);
        Pfn kept = _host.FrameOf(0);

        Assert.Equal(Errno.None, _host.Mm.Merge(Host.At(1), _host.Mm, Host.At(0)));
        Assert.Equal(kept, _host.FrameOf(1));
        Assert.Equal(1, _host.Memory.FramesUsedFor(FrameUse.Anonymous));
        Host.Write(_host.Mm, 1, 8);

        Assert.Equal(7, Host.Read(_host.Mm, 0));
        Assert.Equal(8, Host.Read(_host.Mm, 1));
        Assert.Equal(1, _host.Memory.ReferenceCountOf(kept));
    }

    [Fact]
    public void Pages_of_two_processes_can_be_merged()
    {
        _host.WithPages(1).Written(7);
        AddressSpace other = new(_host.Kernel, _host.Memory, "other");
        other.Mmap(Host.Pages(0, 1), Host.ReadWrite);
        Host.Write(other, 0, 7);

        Assert.Equal(Errno.None, other.Merge(Host.At(0), _host.Mm, Host.At(0)));

        Assert.Equal(_host.FrameOf(0), Host.FrameOf(other, 0));
    }

    [Fact]
    public void Merging_is_refused_for_different_pinned_or_absent_pages()
    {
        _host.WithPages(4).Written(7, 8, 7);

        Assert.Equal(Errno.EINVAL, _host.Mm.Merge(Host.At(1), _host.Mm, Host.At(0)));
        Assert.Equal(Errno.ENOENT, _host.Mm.Merge(Host.At(3), _host.Mm, Host.At(0)));
        Pfn pinned = _host.Pin(2);
        Assert.Equal(Errno.EBUSY, _host.Mm.Merge(Host.At(2), _host.Mm, Host.At(0)));
        Assert.Equal(pinned, _host.FrameOf(2));
        Assert.Equal(1, _host.Memory.ReferenceCountOf(_host.FrameOf(0)));
    }
}
