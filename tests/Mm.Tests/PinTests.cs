using Iopf.Kernel;
using Iopf.TestKit;
using Iopf.TestKit.Mm;

namespace Iopf.Mm.Tests;

public sealed class PinTests
{
    private readonly Host _host = new();
    private readonly Pfn[] _frames = new Pfn[1024];

    [Fact]
    public void Pinning_faults_pages_in_and_pins_each_once()
    {
        _host.WithPages(4);

        Assert.Equal(4, _host.Mm.PinPages(Host.At(0), 4, PinFlags.Write | PinFlags.LongTerm, _frames).Value);

        Assert.Equal(4, _host.Memory.TotalPins);
        Assert.Equal(_host.FrameOf(3), _frames[3]);
        Assert.Equal((2, 1), (_host.Memory.ReferenceCountOf(_frames[0]), _host.Memory.PinCountOf(_frames[0])));
        Assert.False(_host.Mm.MmapLock.IsTaken);
    }

    [Fact]
    public void Pinning_stops_at_the_first_hole_and_returns_what_came_before()
    {
        _host.WithPages(2);

        Assert.Equal(2, _host.Mm.PinPages(Host.At(0), 4, PinFlags.None, _frames).Value);
        Assert.Equal(Errno.EFAULT, _host.Mm.PinPages(Host.At(2), 1, PinFlags.None, _frames).Error);
    }

    [Fact]
    public void Pinning_crosses_areas_and_leaf_tables()
    {
        UserAddress first = new(0x1ff000);
        _host.Mm.Mmap(UserRange.OfPages(first, 2), Host.ReadWrite);
        _host.Mm.Mmap(UserRange.OfPages(first.PlusPages(2), 600), MemoryAccess.Write);

        Assert.Equal(602, _host.Mm.PinPages(first, 602, PinFlags.Write, _frames).Value);

        Assert.Equal(_host.Mm.FrameAt(first.PlusPages(601)), _frames[601]);
        Assert.Equal(602, _frames.Take(602).Distinct().Count());
    }

    [Theory]
    [InlineData(MemoryAccess.Read, PinFlags.Write)]
    [InlineData(MemoryAccess.Write, PinFlags.None)]
    [InlineData(MemoryAccess.None, PinFlags.None)]
    public void Pinning_for_an_access_the_area_does_not_allow_fails_with_EFAULT(MemoryAccess access, PinFlags flags)
    {
        _host.WithPages(1, access);

        Assert.Equal(Errno.EFAULT, _host.Mm.PinPages(Host.At(0), 1, flags, _frames).Error);
    }

    [Fact]
    public void Pinning_untouched_memory_for_reading_yields_the_reserved_zero_page()
    {
        _host.WithPages(1);

        Pfn frame = _host.Pin(0, PinFlags.None);

        Assert.Equal(_host.Memory.ZeroPage, frame);
        Assert.Equal(0, _host.Memory.TotalPins);
    }

    [Fact]
    public void Pinning_the_zero_page_for_writing_breaks_it_as_a_write_does()
    {
        _host.WithPages(1);
        Host.Read(_host.Mm, 0);
        RecordingNotifier notifier = RecordingNotifier.On(_host.Mm);

        Pfn frame = _host.Pin(0);

        Assert.NotEqual(_host.Memory.ZeroPage, frame);
        Assert.Equal("start(mmap) invalidate(mmap ptl) change_pte(mmap ptl) end(mmap)", notifier.NamesWithLocks);
        Assert.Equal((2, 1), (_host.Memory.ReferenceCountOf(frame), _host.Memory.PinCountOf(frame)));
    }

    [Fact]
    public void A_bar_has_neither_references_nor_pins_and_is_mapped_again_after_it_was_switched_off()
    {
        Pfn bar = new(0x40_0000);
        _host.Memory.RegisterDeviceFrames(bar, 2);
        _host.Mm.Mmap(Host.Pages(0, 2), Host.ReadWrite, VmaKind.PfnMap, bar);
        Assert.Equal(bar, _host.Mm.FollowPfn(Host.At(0), write: true).Value);
        _host.Memory.Pin(bar);
        _host.Memory.Get(bar);

        Assert.Equal((0, 0), (_host.Memory.ReferenceCountOf(bar), _host.Memory.PinCountOf(bar)));
        Assert.Equal((FrameUse.Device, true), (_host.Memory.UseOf(bar), _host.Memory.IsReserved(bar)));
        Assert.Equal(Errno.ENOENT, _host.Mm.SwapOut(Host.At(0)));
        Assert.Equal(Errno.ENOENT, _host.Mm.Migrate(Host.At(0)));
        Assert.Equal(Errno.None, _host.Mm.ZapDevicePages(Host.Pages(0, 2)));
        Assert.False(_host.Mm.IsResident(Host.At(0)));
        Assert.Equal(bar, _host.Mm.FollowPfn(Host.At(0), write: true).Value);
    }

    [Fact]
    public void Pinning_for_writing_breaks_copy_on_write_in_the_calling_thread()
    {
        _host.WithPages(1).Written(9);
        Pfn shared = _host.FrameOf(0);
        AddressSpace child = _host.Mm.Fork("child").Value;
        RecordingNotifier notifier = RecordingNotifier.On(_host.Mm);

        Pfn pinned = _host.Pin(0);

        Assert.NotEqual(shared, pinned);
        Assert.Equal("start invalidate change_pte end", notifier.Names);
        Assert.Equal(shared, child.FrameAt(Host.At(0)));
        byte[] contents = new byte[1];
        _host.Memory.Read(pinned.Address, contents);
        Assert.Equal(9, contents[0]);
    }

    [Fact]
    public void Pinning_without_memory_fails_with_ENOMEM_or_stops_short()
    {
        _host.WithPages(4).Written(1, 2);
        _host.Memory.FrameLimit = _host.Memory.AllocatedFrames;

        Assert.Equal(2, _host.Mm.PinPages(Host.At(0), 4, PinFlags.Write, _frames).Value);
        Assert.Equal(Errno.ENOMEM, _host.Mm.PinPages(Host.At(2), 1, PinFlags.Write, _frames).Error);
    }

    [Fact]
    public void Device_memory_is_followed_but_not_pinned()
    {
        Pfn bar = new(0x4_0000_0);
        _host.Memory.RegisterDeviceFrames(bar, 4);
        _host.WithPages(1);
        _host.Mm.Mmap(Host.Pages(1, 4), Host.ReadWrite, VmaKind.PfnMap, bar);

        Assert.Equal(1, _host.Mm.PinPages(Host.At(0), 4, PinFlags.Write, _frames).Value);
        Assert.Equal(Errno.EFAULT, _host.Mm.PinPages(Host.At(2), 1, PinFlags.Write, _frames).Error);
        Assert.Equal(bar.Plus(1), _host.Mm.FollowPfn(Host.At(2), write: true).Value);
        Assert.Equal(Errno.EFAULT, _host.Mm.FollowPfn(Host.At(0), write: false).Error);
    }

    [Fact]
    public void Following_a_read_only_device_mapping_for_writing_fails_with_EFAULT()
    {
        _host.Mm.Mmap(Host.Pages(0, 1), MemoryAccess.Read, VmaKind.PfnMap, new Pfn(0x4_0000_0));

        Assert.Equal(Errno.EFAULT, _host.Mm.FollowPfn(Host.At(0), write: true).Error);
        Assert.True(_host.Mm.FollowPfn(Host.At(0), write: false).IsSuccess);
    }

    [Fact]
    public void Following_to_a_frame_of_RAM_fails_with_EFAULT()
    {
        Pfn ram = _host.Memory.Allocate(FrameUse.Kernel).Value;
        _host.Mm.Mmap(Host.Pages(0, 1), Host.ReadWrite, VmaKind.PfnMap, ram);

        Assert.Equal(Errno.EFAULT, _host.Mm.FollowPfn(Host.At(0), write: false).Error);
    }

    [Fact]
    public void Pages_obtained_for_a_short_time_are_referenced_but_not_pinned()
    {
        _host.WithPages(2);

        Assert.Equal(2, _host.Mm.GetPages(Host.At(0), 2, MemoryAccess.Write, _frames).Value);

        Assert.Equal((2, 0), (_host.Memory.ReferenceCountOf(_frames[0]), _host.Memory.PinCountOf(_frames[0])));
        _host.Mm.Munmap(Host.Pages(0, 2));
        Assert.Equal(FrameUse.Anonymous, _host.Memory.UseOf(_frames[0]));
        _host.Memory.Put(_frames[0]);
        Assert.Equal(FrameUse.Free, _host.Memory.UseOf(_frames[0]));
    }

    [Fact]
    public void Pages_obtained_for_reading_are_not_made_writable()
    {
        _host.WithPages(1).Written(1);
        AddressSpace child = _host.Mm.Fork("child").Value;

        Assert.Equal(1, _host.Mm.GetPages(Host.At(0), 1, MemoryAccess.Read, _frames).Value);

        Assert.Equal(child.FrameAt(Host.At(0)), _frames[0]);
        Assert.False(_host.Mm.IsWritableAt(Host.At(0)));
    }

    [Fact]
    public void A_pinned_page_survives_the_exit_of_its_process()
    {
        _host.WithPages(1).Written(1);
        Pfn frame = _host.Pin(0);

        _host.Mm.Exit();

        Assert.Equal(1, _host.Memory.AllocatedFrames);
        _host.Memory.Unpin(frame, dirty: true);
        Assert.Equal(0, _host.Memory.AllocatedFrames);
    }

    [Fact]
    public void Resident_pages_are_pinned_and_obtained_without_allocating()
    {
        _host.WithPages(1024);
        PinAndRelease();
        PinAndRelease();

        Assert.Equal(0, Allocation.LeastOf(() =>
        {
            for (int i = 0; i < 100; i++)
            {
                PinAndRelease();
            }
        }));
    }

    private void PinAndRelease()
    {
        int pinned = _host.Mm.PinPages(Host.At(0), 1024, PinFlags.Write, _frames).Value;
        for (int i = 0; i < pinned; i++)
        {
            _host.Memory.Unpin(_frames[i], dirty: true);
        }

        int obtained = _host.Mm.GetPages(Host.At(5), 16, MemoryAccess.Read, _frames).Value;
        for (int i = 0; i < obtained; i++)
        {
            _host.Memory.Put(_frames[i]);
        }

        using LockScope reading = _host.Mm.MmapLock.HoldRead();
        _host.Mm.HandleFault(Host.At(3), MemoryAccess.Write);
    }
}
