using Iopf.Kernel;

namespace Iopf.Mm.Tests;

public sealed class PhysicalMemoryTests
{
    private readonly PhysicalMemory _memory = new(new HostKernel());

    [Fact]
    public void Frames_are_handed_out_from_0x100_upwards_and_never_frame_0()
    {
        Pfn frame = _memory.Allocate(FrameUse.Kernel).Value;

        Assert.True(frame.Value >= 0x100);
        Assert.Equal(1, _memory.ReferenceCountOf(frame));
        Assert.Equal(FrameUse.Kernel, _memory.UseOf(frame));
        Assert.Equal(1, _memory.AllocatedFrames);
    }

    [Fact]
    public void A_freed_frame_is_not_handed_out_again_until_many_others_were_freed()
    {
        Pfn freed = _memory.Allocate(FrameUse.Kernel).Value;
        _memory.Put(freed);
        Assert.Equal(FrameUse.Free, _memory.UseOf(freed));

        for (int i = 0; i < PhysicalMemory.FreeFramesKept; i++)
        {
            Pfn other = _memory.Allocate(FrameUse.Kernel).Value;
            Assert.NotEqual(freed, other);
            _memory.Put(other);
        }

        Assert.Equal(freed, _memory.Allocate(FrameUse.Kernel).Value);
    }

    [Fact]
    public void Allocation_beyond_the_limit_fails_with_ENOMEM()
    {
        _memory.FrameLimit = 2;
        Pfn first = _memory.Allocate(FrameUse.Kernel).Value;
        Assert.Equal(Errno.ENOMEM, _memory.AllocateContiguous(FrameUse.Kernel, 2).Error);
        _memory.Allocate(FrameUse.Kernel);

        Assert.Equal(Errno.ENOMEM, _memory.Allocate(FrameUse.Kernel).Error);

        _memory.Put(first);
        Assert.True(_memory.Allocate(FrameUse.Kernel).IsSuccess);
    }

    [Fact]
    public void Adjacent_frames_are_aligned_to_their_count_and_freed_one_by_one()
    {
        _memory.Allocate(FrameUse.Kernel);

        Pfn first = _memory.AllocateContiguous(FrameUse.PageTable, 16).Value;

        Assert.Equal(0UL, first.Value % 16);
        Assert.Equal(16, _memory.FramesUsedFor(FrameUse.PageTable));
        _memory.Put(first.Plus(15));
        Assert.Equal(15, _memory.FramesUsedFor(FrameUse.PageTable));
        Assert.Equal(1, _memory.ReferenceCountOf(first.Plus(14)));
    }

    [Fact]
    public void Words_and_bytes_are_two_views_of_the_same_contents()
    {
        Pfn frame = _memory.Allocate(FrameUse.Kernel).Value;
        _memory.WriteWord(frame.Address + 8, 0x1122334455667788);
        byte[] bytes = new byte[3];

        _memory.Read(frame.Address + 8, bytes);

        Assert.Equal([0x88, 0x77, 0x66], bytes);
        _memory.Write(frame.Address + 15, [0xff]);
        Assert.Equal(0xff22334455667788, _memory.ReadWord(frame.Address + 8));
    }

    [Fact]
    public void Bytes_may_cross_a_page_boundary()
    {
        Pfn first = _memory.AllocateContiguous(FrameUse.Kernel, 2).Value;
        byte[] bytes = new byte[4];

        _memory.Write(first.Address + 0xffe, [1, 2, 3, 4]);
        _memory.Read(first.Address + 0xffe, bytes);

        Assert.Equal([1, 2, 3, 4], bytes);
        Assert.Equal(0x0403UL, _memory.ReadWord(first.Plus(1).Address));
    }

    [Fact]
    public void A_frame_is_zero_when_it_is_allocated_even_if_it_was_written_while_free()
    {
        Pfn frame = _memory.Allocate(FrameUse.Kernel).Value;
        _memory.WriteWord(frame.Address, 1);
        _memory.Put(frame);
        Assert.Equal(0UL, _memory.ReadWord(frame.Address));
        _memory.WriteWord(frame.Address, 2);
        for (int i = 0; i < PhysicalMemory.FreeFramesKept; i++)
        {
            _memory.Put(_memory.Allocate(FrameUse.Kernel).Value);
        }

        Pfn again = _memory.Allocate(FrameUse.Kernel).Value;

        Assert.Equal(frame, again);
        Assert.Equal(0UL, _memory.ReadWord(again.Address));
    }

    [Fact]
    public void A_pin_is_a_reference_too_and_keeps_the_frame()
    {
        Pfn frame = _memory.Allocate(FrameUse.Anonymous).Value;
        _memory.Pin(frame);
        _memory.Put(frame);
        Assert.Equal((1, 1, 1L), (_memory.ReferenceCountOf(frame), _memory.PinCountOf(frame), _memory.TotalPins));

        _memory.Unpin(frame, dirty: true);

        Assert.Equal(FrameUse.Free, _memory.UseOf(frame));
        Assert.Equal(0, _memory.TotalPins);
    }

    [Fact]
    public void Dropping_more_than_was_taken_breaks_a_promise()
    {
        Pfn frame = _memory.Allocate(FrameUse.Anonymous).Value;
        Assert.Throws<InvariantViolationException>(() => _memory.Unpin(frame, dirty: false));
        _memory.Pin(frame);
        _memory.Put(frame);

        Assert.Throws<InvariantViolationException>(() => _memory.Put(frame));
        _memory.Unpin(frame, dirty: false);
        Assert.Throws<InvariantViolationException>(() => _memory.Put(frame));
        Assert.Throws<InvariantViolationException>(() => _memory.Get(frame));
        Assert.Throws<InvariantViolationException>(() => _memory.Pin(frame));
    }

    [Fact]
    public void Unpinning_a_written_page_marks_it_dirty()
    {
        Pfn frame = _memory.Allocate(FrameUse.Anonymous).Value;
        _memory.Pin(frame);
        _memory.Pin(frame);

        _memory.Unpin(frame, dirty: false);
        Assert.False(_memory.IsDirty(frame));
        _memory.Unpin(frame, dirty: true);

        Assert.True(_memory.IsDirty(frame));
    }

    [Fact]
    public void The_zero_page_is_reserved_and_never_counted()
    {
        _memory.Pin(_memory.ZeroPage);
        _memory.Put(_memory.ZeroPage);

        Assert.True(_memory.IsReserved(_memory.ZeroPage));
        Assert.Equal(FrameUse.Zero, _memory.UseOf(_memory.ZeroPage));
        Assert.Equal(0, _memory.TotalPins);
        Assert.Throws<InvariantViolationException>(() => _memory.Write(_memory.ZeroPage.Address, [1]));
    }

    [Theory]
    [InlineData(0x200UL)]
    [InlineData(0x8_0000_0UL)]
    [InlineData(0x8_0000_0000UL)]
    public void Device_frames_are_reserved_hold_data_and_are_skipped_by_allocation(ulong number)
    {
        Pfn device = new(number);
        _memory.RegisterDeviceFrames(device, 16);
        _memory.WriteWord(device.Address, 42);

        for (int i = 0; i < 0x200; i++)
        {
            Pfn frame = _memory.Allocate(FrameUse.Kernel).Value;
            Assert.False(frame.Value - number < 16);
        }

        _memory.Pin(device);
        Assert.True(_memory.IsReserved(device));
        Assert.False(_memory.IsReserved(new Pfn(0x101)));
        Assert.Equal(FrameUse.Device, _memory.UseOf(device));
        Assert.Equal(42UL, _memory.ReadWord(device.Address));
        Assert.Equal(0, _memory.TotalPins);
    }

    [Fact]
    public void Four_million_frames_cost_a_few_bytes_each()
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 4096; i++)
        {
            _memory.AllocateContiguous(FrameUse.Anonymous, 1024);
        }

        Assert.Equal(4L << 20, _memory.AllocatedFrames);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 16L * (4 << 20));
    }
}
