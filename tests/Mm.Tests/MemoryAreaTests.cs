using Iopf.Kernel;

namespace Iopf.Mm.Tests;

public sealed class MemoryAreaTests
{
    private readonly Host _host = new();

    [Fact]
    public void Mapping_over_an_existing_area_fails_with_EEXIST()
    {
        _host.WithPages(4);

        Assert.Equal(Errno.EEXIST, _host.Mm.Mmap(Host.Pages(3, 2), Host.ReadWrite));
        Assert.Equal(Errno.None, _host.Mm.Mmap(Host.Pages(4, 1), Host.ReadWrite));
    }

    [Fact]
    public void Ranges_that_are_not_whole_pages_fail_with_EINVAL()
    {
        UserRange half = UserRange.OfLength(Host.At(0), 0x800);

        Assert.Equal(Errno.EINVAL, _host.Mm.Mmap(half, Host.ReadWrite));
        Assert.Equal(Errno.EINVAL, _host.Mm.Munmap(half));
        Assert.Equal(Errno.EINVAL, _host.Mm.Mprotect(half, Host.ReadWrite));
        Assert.Equal(Errno.EINVAL, _host.Mm.Madvise(half, MemoryAdvice.DontNeed));
    }

    [Fact]
    public void The_last_page_of_the_48_bit_space_can_be_mapped_and_the_next_cannot()
    {
        UserAddress last = new(0xffff_ffff_f000);

        Assert.Equal(Errno.None, _host.Mm.Mmap(UserRange.OfPages(last, 1), Host.ReadWrite));
        Assert.Equal(Errno.None, _host.Mm.Write(last, [1]));
        Assert.Equal(Errno.EFAULT, _host.Mm.Write(last, new byte[0x1001]));
        Assert.Equal(Errno.ENOMEM, _host.Mm.Mmap(UserRange.OfPages(last.PlusPages(1), 1), Host.ReadWrite));
        Assert.Equal(Errno.None, _host.Mm.Munmap(UserRange.OfPages(last, 1)));
        Assert.Equal(1, _host.Memory.AllocatedFrames);
    }

    [Fact]
    public void Unmapping_the_middle_splits_the_area_and_frees_only_its_pages()
    {
        _host.WithPages(3).Written(1, 2, 3);

        Assert.Equal(Errno.None, _host.Mm.Munmap(Host.Pages(1, 1)));

        Assert.Equal(1, Host.Read(_host.Mm, 0));
        Assert.Equal(Errno.EFAULT, _host.Mm.Read(Host.At(1), new byte[1]));
        Assert.Equal(3, Host.Read(_host.Mm, 2));
        Assert.Equal(2, _host.Memory.FramesUsedFor(FrameUse.Anonymous));
    }

    [Fact]
    public void Neighbours_that_are_alike_become_one_area_again()
    {
        _host.WithPages(4);
        _host.Mm.Munmap(Host.Pages(1, 1));
        Assert.Equal(2, _host.Mm.Areas.Count);

        _host.Mm.Mmap(Host.Pages(1, 1), Host.ReadWrite);
        Assert.Equal(1, _host.Mm.Areas.Count);
        _host.Mm.Mprotect(Host.Pages(1, 2), MemoryAccess.Read);
        Assert.Equal(3, _host.Mm.Areas.Count);
        _host.Mm.Mprotect(Host.Pages(1, 2), Host.ReadWrite);

        Assert.Equal(1, _host.Mm.Areas.Count);
        Assert.Equal(Host.Pages(0, 4), _host.Mm.Areas[0].Range);
    }

    [Fact]
    public void Unmapping_everything_returns_all_tables_but_the_root()
    {
        ulong[] places = [0x10000, 0x4000_0000, 0x80_0000_0000, 0x7fff_ffff_f000];
        foreach (ulong place in places)
        {
            _host.Mm.Mmap(UserRange.OfPages(new UserAddress(place), 1), Host.ReadWrite);
            _host.Mm.Write(new UserAddress(place), [1]);
        }

        Assert.Equal(Errno.None, _host.Mm.Munmap(new UserRange(new UserAddress(0), new UserAddress(0xffff_ffff_ffff))));

        Assert.Equal(1, _host.Memory.AllocatedFrames);
    }

    [Fact]
    public void Protection_of_a_hole_fails_with_ENOMEM()
    {
        _host.WithPages(2);

        Assert.Equal(Errno.ENOMEM, _host.Mm.Mprotect(Host.Pages(0, 3), MemoryAccess.Read));
        Assert.Equal(Errno.None, _host.Mm.Write(Host.At(0), [1]));
    }

    [Fact]
    public void A_page_without_access_keeps_its_contents_and_gets_them_back()
    {
        _host.WithPages(1).Written(7);
        Pfn frame = _host.FrameOf(0);

        _host.Mm.Mprotect(Host.Pages(0, 1), MemoryAccess.None);
        Assert.Null(_host.Mm.FrameAt(Host.At(0)));
        Assert.Equal(Errno.EFAULT, _host.Mm.Read(Host.At(0), new byte[1]));
        _host.Mm.Mprotect(Host.Pages(0, 1), Host.ReadWrite);

        Assert.Equal(7, Host.Read(_host.Mm, 0));
        Assert.Equal(frame, _host.FrameOf(0));
    }

    [Fact]
    public void A_write_after_protection_was_lifted_reuses_the_page()
    {
        _host.WithPages(1).Written(7);
        Pfn frame = _host.FrameOf(0);
        _host.Mm.Mprotect(Host.Pages(0, 1), MemoryAccess.Read);
        Assert.Equal(Errno.EFAULT, _host.Mm.Write(Host.At(0), [8]));
        _host.Mm.Mprotect(Host.Pages(0, 1), Host.ReadWrite);
        Assert.False(_host.Mm.IsWritableAt(Host.At(0)));

        Host.Write(_host.Mm, 0, 8);

        Assert.Equal(frame, _host.FrameOf(0));
    }

    [Fact]
    public void Moved_pages_keep_frame_and_contents_at_the_new_address()
    {
        _host.WithPages(4).Written(1, 2, 3, 4);
        Pfn frame = _host.FrameOf(1);

        Assert.Equal(Errno.None, _host.Mm.Mremap(Host.Pages(1, 2), Host.At(0x8000)));

        Assert.Equal(frame, _host.FrameOf(0x8000));
        Assert.Equal(3, Host.Read(_host.Mm, 0x8001));
        Assert.Equal(Errno.EFAULT, _host.Mm.Read(Host.At(1), new byte[1]));
        Assert.Equal(4, _host.Memory.FramesUsedFor(FrameUse.Anonymous));
    }

    [Fact]
    public void Moving_is_refused_onto_other_memory_across_areas_and_onto_itself()
    {
        _host.WithPages(4);
        _host.Mm.Mmap(Host.Pages(10, 1), Host.ReadWrite);

        Assert.Equal(Errno.EEXIST, _host.Mm.Mremap(Host.Pages(0, 2), Host.At(9)));
        Assert.Equal(Errno.EFAULT, _host.Mm.Mremap(Host.Pages(3, 2), Host.At(20)));
        Assert.Equal(Errno.EINVAL, _host.Mm.Mremap(Host.Pages(0, 2), Host.At(1)));
    }

    [Fact]
    public void Advice_that_does_not_fit_the_kind_of_memory_fails_with_EINVAL()
    {
        _host.WithPages(1);
        _host.Mm.Mmap(Host.Pages(8, 1), Host.ReadWrite, VmaKind.Shared);

        Assert.Equal(Errno.EINVAL, _host.Mm.Madvise(Host.Pages(0, 1), MemoryAdvice.Remove));
        Assert.Equal(Errno.EINVAL, _host.Mm.Madvise(Host.Pages(8, 1), MemoryAdvice.Free));
        Assert.Equal(Errno.ENOMEM, _host.Mm.Madvise(Host.Pages(0, 2), MemoryAdvice.DontNeed));
    }

    [Fact]
    public void Dropped_private_pages_read_as_zero()
    {
        _host.WithPages(2).Written(1, 2);

        Assert.Equal(Errno.None, _host.Mm.Madvise(Host.Pages(0, 1), MemoryAdvice.DontNeed));

        Assert.Equal(0, Host.Read(_host.Mm, 0));
        Assert.Equal(2, Host.Read(_host.Mm, 1));
    }
}
