using Iopf.Kernel;
using Iopf.Mm.Tests.Notifiers;
using Iopf.TestKit.Mm;

namespace Iopf.Mm.Tests;

/// <summary>Faults under a limit of frames: which pages give way.</summary>
public sealed class ReclaimOrderTests
{
    private readonly Host _host = new();

    public ReclaimOrderTests()
    {
        _host.Memory.ReclaimsAtLimit = true;
        _host.WithPages(12).Written(1, 2, 3, 4);
        _host.Memory.FrameLimit = _host.Memory.AllocatedFrames;
    }

    [Fact]
    public void The_oldest_page_that_nobody_touched_goes_first()
    {
        Host.Write(_host.Mm, 4, 5);
        Assert.Equal([1UL, 2UL, 3UL, 4UL], Resident());

        Host.Write(_host.Mm, 5, 6);
        Assert.Equal([2UL, 3UL, 4UL, 5UL], Resident());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_page_that_was_used_since_reclaim_looked_gets_a_second_chance(bool byPin)
    {
        Host.Write(_host.Mm, 4, 5);
        if (byPin)
        {
            _host.Memory.Unpin(_host.Pin(1, PinFlags.None), dirty: false);
        }
        else
        {
            Host.Read(_host.Mm, 1);
        }

        Host.Write(_host.Mm, 5, 6);

        Assert.Equal([1UL, 3UL, 4UL, 5UL], Resident());
    }

    [Fact]
    public void A_pinned_page_is_never_taken_and_the_fault_fails_when_all_are_pinned()
    {
        Pfn[] frames = new Pfn[4];
        Assert.Equal(4, _host.Mm.PinPages(Host.At(0), 4, PinFlags.Write, frames).Value);

        Assert.Equal(Errno.ENOMEM, _host.Mm.Write(Host.At(4), [5]));
        Assert.Equal([0UL, 1UL, 2UL, 3UL], Resident());

        _host.Memory.Unpin(frames[2], dirty: true);
        Host.Write(_host.Mm, 4, 5);
        Assert.Equal([0UL, 1UL, 3UL, 4UL], Resident());
    }

    [Fact]
    public void Every_byte_survives_however_often_pages_come_and_go()
    {
        for (int round = 0; round < 5; round++)
        {
            for (ulong page = 0; page < 12; page++)
            {
                Host.Write(_host.Mm, page, (byte)((round * 16) + (int)page + 1));
            }

            for (ulong page = 0; page < 12; page++)
            {
                Assert.Equal((byte)((round * 16) + (int)page + 1), Host.Read(_host.Mm, page));
            }
        }

        Assert.Equal(4, _host.Memory.FramesUsedFor(FrameUse.Anonymous));
        Assert.Equal(8, _host.Memory.SwappedPages);
        _host.Mm.Exit();
        Assert.Equal((0L, 0), (_host.Memory.AllocatedFrames, _host.Memory.SwappedPages));
    }

    [Fact]
    public void Reclaim_from_a_fault_notifies_as_swapping_out_does_with_the_mmap_lock_of_the_fault()
    {
        _host.Memory.FrameLimit++;
        LockRecorder recorder = LockRecorder.On(_host, _host.Mm);
        _host.Memory.FrameLimit--;

        Host.Write(_host.Mm, 4, 5);

        Assert.Equal("start(r rmap) invalidate(r rmap ptl) invalidate(r rmap) end(r rmap)", string.Join(' ', recorder.Calls));
        Assert.Equal([new InvalidationRange(Host.Pages(0, 1), InvalidationReason.Clear, IsBlockable: true)], recorder.Announced);
    }

    [Fact]
    public void A_frame_that_a_fork_shares_is_taken_from_both()
    {
        _host.Memory.FrameLimit += 16;
        AddressSpace child = _host.Mm.Fork("child").Value;
        _host.Memory.FrameLimit = _host.Memory.AllocatedFrames;

        Host.Write(_host.Mm, 4, 5);

        Assert.Equal([1UL, 2UL, 3UL, 4UL], Resident());
        Assert.False(child.IsResident(Host.At(0)));
        Assert.Equal((1, 1), (Host.Read(child, 0), Host.Read(_host.Mm, 0)));
    }

    [Fact]
    public void A_page_that_moved_or_migrated_is_found_where_it_is_now()
    {
        _host.Memory.FrameLimit += 16;
        Assert.Equal(Errno.None, _host.Mm.Mremap(Host.Pages(0, 1), Host.At(0x40)));
        Assert.Equal(Errno.None, _host.Mm.Migrate(Host.At(1)));
        _host.Memory.FrameLimit = _host.Memory.AllocatedFrames;

        Host.Write(_host.Mm, 4, 5);
        Assert.False(_host.Mm.IsResident(Host.At(0x40)));
        Host.Write(_host.Mm, 5, 5);
        Host.Write(_host.Mm, 6, 5);
        Host.Write(_host.Mm, 7, 5);

        Assert.False(_host.Mm.IsResident(Host.At(1)));
        Assert.Equal((1, 2), (Host.Read(_host.Mm, 0x40), Host.Read(_host.Mm, 1)));
    }

    [Fact]
    public void Shared_pages_and_tables_make_private_ones_give_way_too()
    {
        UserRange far = UserRange.OfPages(new UserAddress(0x80_0000_0000), 1);
        Assert.Equal(Errno.None, _host.Mm.Mmap(far, Host.ReadWrite, VmaKind.Shared));

        Assert.Equal(Errno.None, _host.Mm.Write(far.First, [9]));

        Assert.Empty(Resident());
        Assert.Equal(1, _host.Memory.FramesUsedFor(FrameUse.File));
    }

    [Fact]
    public void A_notifier_that_faults_during_reclaim_does_not_reclaim_again()
    {
        Errno nested = Errno.None;
        _host.Memory.FrameLimit++;
        RecordingNotifier notifier = RecordingNotifier.On(_host.Mm);
        _host.Memory.FrameLimit--;
        notifier.Called = call => nested = call.Name == "start" ? _host.Mm.HandleFault(Host.At(8), MemoryAccess.Write) : nested;

        Host.Write(_host.Mm, 4, 5);

        Assert.Equal(Errno.ENOMEM, nested);
        Assert.Equal("start invalidate invalidate end", notifier.Names);
    }

    [Fact]
    public void A_huge_page_is_split_before_one_of_its_pages_goes()
    {
        Host host = new();
        host.Memory.ReclaimsAtLimit = true;
        UserRange huge = UserRange.OfLength(new UserAddress(0x20_0000), HugePages.Size);
        host.Mm.Mmap(huge, Host.ReadWrite);
        host.Mm.Madvise(huge, MemoryAdvice.HugePage);
        host.WithPages(1);
        Assert.Equal(Errno.None, host.Mm.Write(huge.First, [7]));
        host.Memory.FrameLimit = host.Memory.AllocatedFrames + 1;

        Host.Write(host.Mm, 0, 1);

        Assert.False(host.Mm.HugePages.IsMapped(huge.First));
        Assert.False(host.Mm.IsResident(huge.First));
        Assert.True(host.Mm.IsResident(huge.First.PlusPages(1)));
    }

    [Fact]
    public void Reclaim_is_not_switched_on_once_there_are_private_pages() =>
        Assert.Throws<InvariantViolationException>(() => _host.Memory.ReclaimsAtLimit = false);

    private ulong[] Resident() => [.. Enumerable.Range(0, 12).Select(page => (ulong)page).Where(page => _host.Mm.IsResident(Host.At(page)))];
}
