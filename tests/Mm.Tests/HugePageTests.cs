using Iopf.Kernel;

namespace Iopf.Mm.Tests;

public sealed class HugePageTests
{
    private const ulong First = 0x20_0000;

    private readonly Host _host = new();

    public HugePageTests()
    {
        UserRange range = new(new UserAddress(First - 0x1000), new UserAddress(First + (3 * HugePages.Size) - 1));
        Assert.Equal(Errno.None, _host.Mm.Mmap(range, Host.ReadWrite));
        Assert.Equal(Errno.None, _host.Mm.Madvise(range, MemoryAdvice.HugePage));
    }

    private static UserAddress At(ulong page) => new(First + (page << Page.Shift));

    [Fact]
    public void One_write_maps_two_MiB_of_adjacent_aligned_frames_by_one_block_descriptor()
    {
        Write(3, 5);

        Assert.True(_host.Mm.HugePages.IsMapped(At(0)));
        Pfn first = Assert.NotNull(_host.Mm.FrameAt(At(0)));
        Assert.Equal(0UL, first.Value & 511);
        Assert.Equal(first.Plus(511), _host.Mm.FrameAt(At(511)));
        Assert.Equal(512, _host.Memory.FramesUsedFor(FrameUse.Anonymous));
        Assert.Equal(first.Address | 0x00E0_0000_0000_0F41, BlockDescriptor());
        Assert.Equal(5, Read(3));
    }

    [Fact]
    public void A_read_maps_two_MiB_of_reserved_zeros_and_a_write_takes_one_small_page_out_of_them()
    {
        Assert.Equal(0, Read(3));
        Assert.True(_host.Mm.HugePages.IsMapped(At(0)));
        Assert.True(_host.Memory.IsReserved(_host.Mm.FrameAt(At(3))!.Value));
        Assert.Equal(0, _host.Memory.FramesUsedFor(FrameUse.Anonymous));

        Write(3, 5);

        Assert.False(_host.Mm.HugePages.IsMapped(At(0)));
        Assert.Equal(1, _host.Memory.FramesUsedFor(FrameUse.Anonymous));
        Assert.Equal(_host.Memory.ZeroPage, _host.Mm.FrameAt(At(4)));
        Assert.Equal((5, 0), (Read(3), Read(4)));
    }

    [Fact]
    public void A_page_whose_two_MiB_the_area_does_not_hold_is_mapped_alone()
    {
        Assert.Equal(Errno.None, _host.Mm.Write(new UserAddress(First - 0x1000), [1]));

        Assert.Equal(1, _host.Memory.FramesUsedFor(FrameUse.Anonymous));
    }

    [Fact]
    public void Without_memory_for_two_MiB_a_small_page_is_mapped()
    {
        _host.Memory.FrameLimit = _host.Memory.AllocatedFrames + 100;

        Write(3, 5);

        Assert.False(_host.Mm.HugePages.IsMapped(At(0)));
        Assert.Equal(1, _host.Memory.FramesUsedFor(FrameUse.Anonymous));
    }

    [Fact]
    public void Unmapping_a_page_in_the_middle_splits_and_keeps_the_others()
    {
        Write(3, 5);
        Write(4, 6);
        Pfn frame = _host.Mm.FrameAt(At(4))!.Value;

        Assert.Equal(Errno.None, _host.Mm.Munmap(UserRange.OfPages(At(3), 1)));

        Assert.False(_host.Mm.HugePages.IsMapped(At(0)));
        Assert.Equal(frame, _host.Mm.FrameAt(At(4)));
        Assert.Equal(6, Read(4));
        Assert.Equal(511, _host.Memory.FramesUsedFor(FrameUse.Anonymous));
    }

    [Fact]
    public void Pages_of_a_huge_page_are_pinned_one_by_one_without_splitting_it()
    {
        Write(0, 1);
        Pfn[] frames = new Pfn[4];

        Assert.Equal(4, _host.Mm.PinPages(At(2), 4, PinFlags.Write, frames).Value);

        Assert.True(_host.Mm.HugePages.IsMapped(At(0)));
        Assert.Equal(_host.Mm.FrameAt(At(5)), frames[3]);
        Assert.Equal((0, 1), (_host.Memory.PinCountOf(_host.Mm.FrameAt(At(1))!.Value), _host.Memory.PinCountOf(frames[0])));
    }

    [Fact]
    public void A_child_reads_the_same_bytes_and_a_swapped_page_comes_back()
    {
        Write(3, 5);
        AddressSpace child = _host.Mm.Fork("child").Value;
        Write(3, 6);
        Assert.Equal(Errno.None, _host.Mm.SwapOut(At(4)));

        byte[] read = new byte[1];
        Assert.Equal(Errno.None, child.Read(At(3), read));
        Assert.Equal((5, 6, 0), (read[0], Read(3), Read(4)));
    }

    [Fact]
    public void Small_pages_are_collapsed_with_their_bytes_and_their_frames_are_freed()
    {
        MakeSmall();

        Assert.Equal(Errno.None, _host.Mm.HugePages.Collapse(At(9)));

        Assert.True(_host.Mm.HugePages.IsMapped(At(0)));
        Assert.Equal(512, _host.Memory.FramesUsedFor(FrameUse.Anonymous));
        Assert.Equal((0, 7, 0), (Read(0), Read(9), Read(511)));
        Write(100, 8);
        Assert.Equal(8, Read(100));
    }

    [Fact]
    public void A_pinned_page_keeps_its_neighbours_small()
    {
        MakeSmall();
        Pfn[] pinned = new Pfn[1];
        _host.Mm.PinPages(At(9), 1, PinFlags.Write, pinned);

        Assert.Equal(Errno.EBUSY, _host.Mm.HugePages.Collapse(At(0)));

        Assert.Equal(pinned[0], _host.Mm.FrameAt(At(9)));
        Assert.Equal(1, _host.Memory.FramesUsedFor(FrameUse.Anonymous));
    }

    [Fact]
    public void Collapsing_is_refused_where_nothing_was_mapped_or_huge_pages_are_not_wanted()
    {
        Assert.Equal(Errno.ENOENT, _host.Mm.HugePages.Collapse(At(0)));
        Assert.Equal(Errno.EINVAL, _host.Mm.HugePages.Collapse(new UserAddress(0)));
        Assert.Equal(0, _host.Memory.FramesUsedFor(FrameUse.Anonymous));
    }

    [Fact]
    public void Advice_for_huge_pages_fits_private_memory_only()
    {
        _host.Mm.Mmap(UserRange.OfPages(new UserAddress(0x8000_0000), 1), Host.ReadWrite, VmaKind.Shared);

        Assert.Equal(Errno.EINVAL, _host.Mm.Madvise(UserRange.OfPages(new UserAddress(0x8000_0000), 1), MemoryAdvice.HugePage));
    }

    [Fact]
    public void Moving_protecting_and_exit_lose_no_frame()
    {
        Write(3, 5);
        Write(512, 6);
        Read(1024);
        Assert.Equal(Errno.None, _host.Mm.Mremap(UserRange.OfPages(At(256), 512), new UserAddress(0x4000_0000)));
        Assert.Equal(Errno.None, _host.Mm.Mprotect(UserRange.OfPages(At(0), 10), MemoryAccess.Read));
        Assert.Equal(Errno.None, _host.Mm.Madvise(UserRange.OfPages(At(1024), 512), MemoryAdvice.DontNeed));
        byte[] read = new byte[1];
        Assert.Equal(Errno.None, _host.Mm.Read(new UserAddress(0x4010_0000), read));
        Assert.Equal((5, 6), (Read(3), read[0]));
        Assert.False(_host.Mm.IsWritableAt(At(3)));

        _host.Mm.Exit();

        Assert.Equal(0, _host.Memory.AllocatedFrames);
    }

    private void MakeSmall()
    {
        Assert.Equal(0, Read(0));
        Write(9, 7);
        Assert.False(_host.Mm.HugePages.IsMapped(At(0)));
    }

    private void Write(ulong page, byte value) => Assert.Equal(Errno.None, _host.Mm.Write(At(page), [value]));

    private byte Read(ulong page)
    {
        byte[] read = new byte[1];
        Assert.Equal(Errno.None, _host.Mm.Read(At(page), read));
        return read[0];
    }

    private ulong BlockDescriptor()
    {
        ulong table = _host.Mm.PageTableRoot;
        for (int shift = 39; ; shift -= 9)
        {
            ulong descriptor = _host.Memory.ReadWord(table + (((First >> shift) & 511) * 8));
            if (shift == 21)
            {
                return descriptor;
            }

            table = descriptor & 0xffff_ffff_f000;
        }
    }
}
