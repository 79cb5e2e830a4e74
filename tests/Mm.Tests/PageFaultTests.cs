using Iopf.Kernel;

namespace Iopf.Mm.Tests;

public sealed class PageFaultTests
{
    private readonly Host _host = new();

    [Fact]
    public void Reading_untouched_memory_maps_the_zero_page_read_only()
    {
        _host.WithPages(1);

        Assert.Equal(0, Host.Read(_host.Mm, 0));

        Assert.Equal(_host.Memory.ZeroPage, _host.FrameOf(0));
        Assert.False(_host.Mm.IsWritableAt(Host.At(0)));
        Assert.Equal(0, _host.Memory.FramesUsedFor(FrameUse.Anonymous));
    }

    [Fact]
    public void Writing_after_reading_replaces_the_zero_page_by_a_page_of_its_own()
    {
        _host.WithPages(1);
        Host.Read(_host.Mm, 0);

        Host.Write(_host.Mm, 0, 5);

        Assert.NotEqual(_host.Memory.ZeroPage, _host.FrameOf(0));
        Assert.Equal(5, Host.Read(_host.Mm, 0));
        Assert.True(_host.Mm.IsWritableAt(Host.At(0)));
    }

    [Fact]
    public void A_fault_outside_every_area_or_beyond_its_access_fails_with_EFAULT()
    {
        _host.WithPages(1, MemoryAccess.Read);
        using LockScope reading = _host.Mm.MmapLock.HoldRead();

        Assert.Equal(Errno.EFAULT, _host.Mm.HandleFault(Host.At(1), MemoryAccess.Read));
        Assert.Equal(Errno.EFAULT, _host.Mm.HandleFault(Host.At(0), MemoryAccess.Write));
        Assert.Equal(Errno.EFAULT, _host.Mm.HandleFault(Host.At(0), MemoryAccess.Execute));
        Assert.Equal(Errno.None, _host.Mm.HandleFault(Host.At(0), MemoryAccess.Read));
    }

    [Fact]
    public void A_fault_without_the_mmap_lock_breaks_a_promise()
    {
        _host.WithPages(1);

        Assert.Throws<InvariantViolationException>(() => _host.Mm.HandleFault(Host.At(0), MemoryAccess.Read));
    }

    [Fact]
    public void A_fault_without_free_memory_fails_with_ENOMEM_and_changes_nothing()
    {
        _host.WithPages(2).Written(1);
        _host.Memory.FrameLimit = _host.Memory.AllocatedFrames;

        Assert.Equal(Errno.ENOMEM, _host.Mm.Write(Host.At(1), [1]));

        Assert.False(_host.Mm.IsResident(Host.At(1)));
        Assert.Equal(0, Host.Read(_host.Mm, 1));
    }

    [Fact]
    public void The_page_table_holds_descriptors_that_hardware_can_walk()
    {
        _host.WithPages(2, Host.ReadWrite).Written(1);
        Host.Read(_host.Mm, 1);

        ulong written = Walk(_host.Mm.PageTableRoot, Host.At(0).Value);
        ulong read = Walk(_host.Mm.PageTableRoot, Host.At(1).Value);

        // Page, EL0, inner shareable, accessed, not global, never executable, dirty.
        Assert.Equal(_host.FrameOf(0).Address | 0x00E0_0000_0000_0F43, written);
        // The same, but read-only, clean and special.
        Assert.Equal(_host.Memory.ZeroPage.Address | 0x0160_0000_0000_0FC3, read);
    }

    [Fact]
    public void An_untouched_page_has_no_descriptor()
    {
        _host.WithPages(2).Written(1);

        Assert.Equal(0UL, Walk(_host.Mm.PageTableRoot, Host.At(1).Value));
        Assert.False(_host.Mm.IsResident(Host.At(1)));
    }

    [Fact]
    public void Executable_memory_is_executable_for_the_process_only()
    {
        _host.WithPages(1, MemoryAccess.Read | MemoryAccess.Execute);
        Host.Read(_host.Mm, 0);

        ulong descriptor = Walk(_host.Mm.PageTableRoot, Host.At(0).Value);

        Assert.Equal(1UL, (descriptor >> 53) & 3);
    }

    [Fact]
    public void A_numa_hint_makes_pages_fault_once_and_nothing_is_lost()
    {
        _host.WithPages(2).Written(1, 2);
        Pfn frame = _host.FrameOf(1);

        _host.Mm.HintNuma(Host.Pages(0, 2));
        Assert.False(_host.Mm.IsResident(Host.At(1)));

        Assert.Equal(2, Host.Read(_host.Mm, 1));
        Assert.Equal(frame, _host.FrameOf(1));
        Assert.True(_host.Mm.IsWritableAt(Host.At(1)));
    }

    private ulong Walk(ulong table, ulong address)
    {
        for (int shift = 39; ; shift -= 9)
        {
            ulong descriptor = _host.Memory.ReadWord(table + (((address >> shift) & 511) * 8));
            if (shift == 12 || (descriptor & 1) == 0)
            {
                return descriptor;
            }

            Assert.Equal(3UL, descriptor & 3);
            table = descriptor & 0xffff_ffff_f000;
        }
    }
}
