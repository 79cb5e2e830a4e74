using Iopf.Kernel;
using Iopf.Mm.Tests.Notifiers;

namespace Iopf.Mm.Tests;

public sealed class SamePageMergingTests
{
    private readonly Host _host = new Host().WithPages(3).Written(7, 7, 7);

    public SamePageMergingTests()
    {
        Assert.Equal(Errno.None, _host.Mm.Merge(Host.At(1), _host.Mm, Host.At(0)));
        Assert.Equal(Errno.None, _host.Mm.Merge(Host.At(2), _host.Mm, Host.At(0)));
    }

    [Fact]
    public void Unmerged_pages_have_frames_of_their_own_and_the_same_bytes()
    {
        Assert.Equal(1, _host.Memory.FramesUsedFor(FrameUse.Anonymous));

        Assert.Equal(Errno.None, _host.Mm.Madvise(Host.Pages(0, 3), MemoryAdvice.Unmergeable));

        Assert.Equal(3, new[] { _host.FrameOf(0), _host.FrameOf(1), _host.FrameOf(2) }.Distinct().Count());
        Assert.All([0UL, 1UL, 2UL], page => Assert.Equal(7, Host.Read(_host.Mm, page)));
        Assert.All([0UL, 1UL, 2UL], page => Assert.Equal(1, _host.Memory.ReferenceCountOf(_host.FrameOf(page))));
    }

    [Fact]
    public void Unmerging_breaks_copy_on_write_of_each_shared_page_under_the_mmap_lock_held_for_writing()
    {
        LockRecorder recorder = LockRecorder.On(_host, _host.Mm);

        _host.Mm.Madvise(Host.Pages(0, 2), MemoryAdvice.Unmergeable);

        const string Break = "start(w) invalidate(w ptl) change_pte(w ptl) end(w)";
        Assert.Equal($"{Break} {Break}", string.Join(' ', recorder.Calls));
        Assert.Equal(7, Host.Read(_host.Mm, 2));
    }

    [Fact]
    public void Unmerging_pages_that_a_fork_shares_leaves_them_shared()
    {
        Host other = new Host().WithPages(1).Written(1);
        AddressSpace child = other.Mm.Fork("child").Value;

        Assert.Equal(Errno.None, other.Mm.Madvise(Host.Pages(0, 1), MemoryAdvice.Unmergeable));

        Assert.Equal(other.FrameOf(0), Host.FrameOf(child, 0));
    }

    [Fact]
    public void Unmerging_read_only_memory_does_not_make_it_writable()
    {
        _host.Mm.Mprotect(Host.Pages(0, 3), MemoryAccess.Read);

        Assert.Equal(Errno.None, _host.Mm.Madvise(Host.Pages(0, 3), MemoryAdvice.Unmergeable));

        Assert.NotEqual(_host.FrameOf(0), _host.FrameOf(1));
        Assert.All([0UL, 1UL, 2UL], page => Assert.False(_host.Mm.IsWritableAt(Host.At(page))));
    }

    [Fact]
    public void Unmerging_without_memory_fails_with_ENOMEM_and_loses_nothing()
    {
        _host.Memory.FrameLimit = _host.Memory.AllocatedFrames;

        Assert.Equal(Errno.ENOMEM, _host.Mm.Madvise(Host.Pages(0, 3), MemoryAdvice.Unmergeable));

        Assert.Equal(_host.FrameOf(0), _host.FrameOf(2));
        Assert.Equal(7, Host.Read(_host.Mm, 1));
    }

    [Fact]
    public void A_pin_for_writing_leaves_the_merged_frame()
    {
        Pfn merged = _host.FrameOf(1);

        Assert.NotEqual(merged, _host.Pin(1));
        Assert.Equal(merged, _host.FrameOf(2));
    }
}
