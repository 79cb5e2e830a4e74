using Iopf.Kernel;
using Iopf.TestKit.Mm;

namespace Iopf.Mm.Tests;

/// <summary>The table of events of baseline.md 5.3: which callbacks, in which order, under which locks.</summary>
public sealed class NotifierTests
{
    private readonly Host _host = new();

    [Fact]
    [Trait("Fact", "T180")]
    public void Munmap_invalidates_after_the_entry_is_cleared_and_before_the_page_is_free()
    {
        _host.WithPages(4).Written(1, 2, 3, 4);
        Pfn frame = _host.FrameOf(1);
        RecordingNotifier notifier = RecordingNotifier.On(_host.Mm);
        List<FrameUse> uses = [];
        notifier.Called = _ => uses.Add(_host.Memory.UseOf(frame));

        _host.Mm.Munmap(Host.Pages(1, 2));

        Assert.Equal("start(mmap) invalidate(mmap) end(mmap) invalidate(mmap)", notifier.NamesWithLocks);
        Assert.Equal(frame, notifier.Calls[0].FrameMapped);
        Assert.All(notifier.Calls.Skip(1), call => Assert.Null(call.FrameMapped));
        Assert.All(notifier.Calls, call => Assert.Equal(Host.Pages(1, 2), call.Range));
        Assert.All(uses, use => Assert.Equal(FrameUse.Anonymous, use));
        Assert.Equal(FrameUse.Free, _host.Memory.UseOf(frame));
        Assert.Equal(InvalidationReason.Unmap, notifier.Calls[0].Announced!.Value.Reason);
    }

    [Fact]
    public void Munmap_of_untouched_memory_announces_but_flushes_nothing()
    {
        _host.WithPages(4);
        RecordingNotifier notifier = RecordingNotifier.On(_host.Mm);

        _host.Mm.Munmap(Host.Pages(0, 4));

        Assert.Equal("start invalidate end", notifier.Names);
    }

    [Fact]
    public void Munmap_of_a_hole_notifies_nobody()
    {
        _host.WithPages(1);
        RecordingNotifier notifier = RecordingNotifier.On(_host.Mm);

        _host.Mm.Munmap(Host.Pages(5, 4));

        Assert.Empty(notifier.Calls);
    }

    [Fact]
    public void Munmap_of_dirty_shared_memory_flushes_under_the_page_table_lock()
    {
        _host.WithPages(1, kind: VmaKind.Shared).Written(1);
        RecordingNotifier notifier = RecordingNotifier.On(_host.Mm);

        _host.Mm.Munmap(Host.Pages(0, 1));

        Assert.Equal("start(mmap) invalidate(mmap ptl) invalidate(mmap) end(mmap) invalidate(mmap)", notifier.NamesWithLocks);
    }

    [Fact]
    public void Munmap_of_more_pages_than_a_batch_holds_flushes_and_frees_midway()
    {
        ulong count = TlbGather.FramesMax + 100;
        _host.WithPages(count);
        for (ulong page = 0; page < count; page++)
        {
            Host.Write(_host.Mm, page, 0);
        }

        RecordingNotifier notifier = RecordingNotifier.On(_host.Mm);

        _host.Mm.Munmap(Host.Pages(0, count));

        Assert.Equal("start(mmap) invalidate(mmap ptl) invalidate(mmap) end(mmap) invalidate(mmap)", notifier.NamesWithLocks);
        Assert.Equal(Host.Pages(0, TlbGather.FramesMax), notifier.Calls[1].Range);
        Assert.Equal(1, _host.Memory.AllocatedFrames);
    }

    [Theory]
    [InlineData(MemoryAdvice.DontNeed)]
    [InlineData(MemoryAdvice.Free)]
    public void Advice_on_private_memory_clears_under_the_mmap_lock(MemoryAdvice advice)
    {
        _host.WithPages(2).Written(1, 2);
        RecordingNotifier notifier = RecordingNotifier.On(_host.Mm);

        _host.Mm.Madvise(Host.Pages(0, 2), advice);

        Assert.Equal("start(mmap) invalidate(mmap) end(mmap) invalidate(mmap)", notifier.NamesWithLocks);
        Assert.Equal(new InvalidationRange(Host.Pages(0, 2), InvalidationReason.Clear, true), notifier.Calls[0].Announced);
        Assert.Equal(advice == MemoryAdvice.Free, _host.Mm.IsResident(Host.At(0)));
    }

    [Fact]
    public void Removing_shared_pages_clears_them_in_every_process_under_the_objects_lock_only()
    {
        _host.WithPages(2, kind: VmaKind.Shared).Written(1, 2);
        AddressSpace child = _host.Mm.Fork("child").Value;
        Assert.Equal(2, Host.Read(child, 1));
        RecordingNotifier parents = RecordingNotifier.On(_host.Mm);
        RecordingNotifier childs = RecordingNotifier.On(child);

        Assert.Equal(Errno.None, _host.Mm.Madvise(Host.Pages(1, 1), MemoryAdvice.Remove));

        Assert.Equal("start(rmap) invalidate(rmap ptl) invalidate(rmap) end(rmap)", parents.NamesWithLocks);
        Assert.Equal("start(rmap) invalidate(rmap) end(rmap) invalidate(rmap)", childs.NamesWithLocks);
        Assert.Equal(InvalidationReason.Clear, childs.Calls[0].Announced!.Value.Reason);
        Assert.Equal(0, Host.Read(child, 1));
        Assert.Equal(1, Host.Read(_host.Mm, 0));
    }

    [Fact]
    public void Moving_memory_unmaps_the_old_range()
    {
        _host.WithPages(2).Written(1, 2);
        RecordingNotifier notifier = RecordingNotifier.On(_host.Mm);

        _host.Mm.Mremap(Host.Pages(0, 2), Host.At(0x100));

        // The old area, empty by then, is unmapped like any other: once more, with a flush for its table.
        const string Move = "start(mmap) invalidate(mmap ptl) invalidate(mmap) end(mmap)";
        Assert.StartsWith($"{Move} start(mmap) invalidate(mmap) end(mmap)", notifier.NamesWithLocks, StringComparison.Ordinal);
        Assert.All(notifier.Calls.Take(7), call => Assert.Equal(Host.Pages(0, 2), call.Range));
        Assert.Equal(InvalidationReason.Unmap, notifier.Calls[0].Announced!.Value.Reason);
    }

    [Fact]
    [Trait("Fact", "T182")]
    public void Mprotect_invalidates_only_from_the_end_call_and_without_a_spinlock()
    {
        _host.WithPages(2).Written(1, 2);
        RecordingNotifier notifier = RecordingNotifier.On(_host.Mm);

        _host.Mm.Mprotect(Host.Pages(0, 2), MemoryAccess.Read);

        Assert.Equal("start(mmap) invalidate(mmap) end(mmap)", notifier.NamesWithLocks);
        Assert.Equal(new InvalidationRange(Host.Pages(0, 2), InvalidationReason.ProtectionVma, true), notifier.Calls[0].Announced);
        Assert.False(_host.Mm.IsWritableAt(Host.At(0)));
    }

    [Fact]
    public void Mprotect_of_memory_without_tables_notifies_nobody()
    {
        _host.WithPages(2);
        RecordingNotifier notifier = RecordingNotifier.On(_host.Mm);

        _host.Mm.Mprotect(Host.Pages(0, 2), MemoryAccess.Read);

        Assert.Empty(notifier.Calls);
    }

    [Fact]
    public void Mprotect_is_announced_once_per_gigabyte_that_holds_something()
    {
        UserAddress first = new(0x4000_0000);
        UserRange range = UserRange.OfLength(first, 0x1_0000_0000);
        _host.Mm.Mmap(range, Host.ReadWrite);
        _host.Mm.Write(first.Plus(0x20_0000), [1]);
        _host.Mm.Write(first.Plus(0x8000_0000), [1]);
        RecordingNotifier notifier = RecordingNotifier.On(_host.Mm);

        _host.Mm.Mprotect(range, MemoryAccess.Read);

        Assert.Equal("start invalidate end start invalidate end", notifier.Names);
        Assert.Equal(new UserRange(first.Plus(0x20_0000), first.Plus(0x3fff_ffff)), notifier.Calls[0].Range);
        Assert.Equal(UserRange.OfLength(first.Plus(0x8000_0000), 0x4000_0000), notifier.Calls[3].Range);
    }

    [Fact]
    public void A_numa_hint_changes_protection_under_the_mmap_lock()
    {
        _host.WithPages(2).Written(1, 2);
        RecordingNotifier notifier = RecordingNotifier.On(_host.Mm);

        _host.Mm.HintNuma(Host.Pages(0, 1));

        Assert.Equal("start(mmap) invalidate(mmap) end(mmap)", notifier.NamesWithLocks);
        Assert.Equal(InvalidationReason.ProtectionVma, notifier.Calls[0].Announced!.Value.Reason);
    }

    [Fact]
    public void Fork_protects_the_parents_private_pages()
    {
        _host.WithPages(2).Written(1, 2);
        _host.Mm.Mmap(Host.Pages(8, 1), Host.ReadWrite, VmaKind.Shared);
        Host.Write(_host.Mm, 8, 1);
        RecordingNotifier notifier = RecordingNotifier.On(_host.Mm);

        _host.Mm.Fork("child");

        Assert.Equal("start(mmap) invalidate(mmap) end(mmap)", notifier.NamesWithLocks);
        Assert.Equal(new InvalidationRange(Host.Pages(0, 2), InvalidationReason.ProtectionPage, true), notifier.Calls[0].Announced);
    }

    [Fact]
    public void Fork_of_private_memory_that_was_never_written_notifies_nobody()
    {
        _host.WithPages(2);
        Host.Read(_host.Mm, 0);
        RecordingNotifier notifier = RecordingNotifier.On(_host.Mm);

        _host.Mm.Fork("child");

        Assert.Empty(notifier.Calls);
    }

    [Fact]
    [Trait("Fact", "T181")]
    public void Breaking_copy_on_write_invalidates_once_under_the_page_table_lock_and_not_again_from_the_end_call()
    {
        _host.WithPages(1).Written(1);
        _host.Mm.Fork("child");
        RecordingNotifier notifier = RecordingNotifier.On(_host.Mm);

        Host.Write(_host.Mm, 0, 2);

        Assert.Equal("start(mmap) invalidate(mmap ptl) change_pte(mmap ptl) end(mmap)", notifier.NamesWithLocks);
        Assert.Null(notifier.Calls[1].FrameMapped);
        Assert.Equal(new InvalidationRange(Host.Pages(0, 1), InvalidationReason.Clear, true), notifier.Calls[0].Announced);
    }

    [Fact]
    public void Replacing_the_zero_page_counts_as_breaking_copy_on_write()
    {
        _host.WithPages(1);
        Host.Read(_host.Mm, 0);
        RecordingNotifier notifier = RecordingNotifier.On(_host.Mm);

        Host.Write(_host.Mm, 0, 2);

        Assert.Equal("start invalidate change_pte end", notifier.Names);
    }

    [Fact]
    public void First_touch_and_reuse_of_a_page_notify_nobody()
    {
        _host.WithPages(2).Written(1);
        _host.Mm.Fork("child").Value.Exit();
        RecordingNotifier notifier = RecordingNotifier.On(_host.Mm);

        Host.Write(_host.Mm, 0, 2);
        Host.Write(_host.Mm, 1, 2);

        Assert.Empty(notifier.Calls);
    }

    [Fact]
    public void Merging_equal_pages_protects_and_replaces_with_change_pte_and_invalidates_from_the_end_calls()
    {
        _host.WithPages(2).Written(7, 7);
        RecordingNotifier notifier = RecordingNotifier.On(_host.Mm);

        Assert.Equal(Errno.None, _host.Mm.Merge(Host.At(1), _host.Mm, Host.At(0)));

        const string Protect = "start(mmap) change_pte(mmap ptl) invalidate(mmap) end(mmap)";
        Assert.Equal($"{Protect} {Protect} {Protect}", notifier.NamesWithLocks);
        Assert.Equal([0UL, 1UL, 1UL], notifier.Calls.Where(call => call.Name == "start").Select(call => call.Range.First.PageNumber - 0x10));
        Assert.Equal(InvalidationReason.Clear, notifier.Calls[0].Announced!.Value.Reason);
    }

    [Fact]
    public void Swapping_out_invalidates_under_the_page_table_lock_and_again_from_the_end_call_without_the_mmap_lock()
    {
        _host.WithPages(1).Written(1);
        RecordingNotifier notifier = RecordingNotifier.On(_host.Mm);

        Assert.Equal(Errno.None, _host.Mm.SwapOut(Host.At(0)));

        Assert.Equal("start(rmap) invalidate(rmap ptl) invalidate(rmap) end(rmap)", notifier.NamesWithLocks);
        Assert.Null(notifier.Calls[1].FrameMapped);
        Assert.Equal(new InvalidationRange(Host.Pages(0, 1), InvalidationReason.Clear, true), notifier.Calls[0].Announced);
    }

    [Fact]
    public void Migration_copies_only_after_the_end_call_which_is_the_only_one_to_invalidate()
    {
        _host.WithPages(1).Written(1);
        Pfn old = _host.FrameOf(0);
        RecordingNotifier notifier = RecordingNotifier.On(_host.Mm);
        notifier.Called = call =>
        {
            if (call.Name == "end")
            {
                _host.Memory.Write(old.Address, [2]);
            }
        };

        Assert.Equal(Errno.None, _host.Mm.Migrate(Host.At(0)));

        Assert.Equal("start(rmap) invalidate(rmap) end(rmap)", notifier.NamesWithLocks);
        Assert.Equal(2, Host.Read(_host.Mm, 0));
    }

    [Fact]
    public void Reclaim_of_a_shared_page_unmaps_it_everywhere_and_its_contents_stay()
    {
        _host.WithPages(1, kind: VmaKind.Shared).Written(1);
        AddressSpace child = _host.Mm.Fork("child").Value;
        Host.Read(child, 0);
        RecordingNotifier childs = RecordingNotifier.On(child);

        Assert.Equal(Errno.None, _host.Mm.SwapOut(Host.At(0)));

        Assert.Equal("start(rmap) invalidate(rmap) end(rmap)", childs.NamesWithLocks);
        Assert.False(child.IsResident(Host.At(0)));
        Assert.Equal(1, Host.Read(child, 0));
    }

    [Fact]
    public void Writeback_makes_a_shared_page_read_only_under_the_objects_lock()
    {
        _host.WithPages(1, kind: VmaKind.Shared).Written(1);
        Pfn frame = _host.FrameOf(0);
        RecordingNotifier notifier = RecordingNotifier.On(_host.Mm);

        Assert.Equal(Errno.None, _host.Mm.CleanForWriteback(Host.At(0)));

        Assert.Equal("start(rmap) invalidate(rmap) end(rmap)", notifier.NamesWithLocks);
        Assert.Equal(InvalidationReason.ProtectionPage, notifier.Calls[0].Announced!.Value.Reason);
        Assert.False(_host.Mm.IsWritableAt(Host.At(0)));
        Host.Write(_host.Mm, 0, 2);
        Assert.Equal(frame, _host.FrameOf(0));
    }

    [Fact]
    public void Switching_device_memory_off_clears_its_entries()
    {
        _host.Mm.Mmap(Host.Pages(0, 2), Host.ReadWrite, VmaKind.PfnMap, new Pfn(0x4_0000_0));
        _host.Mm.FollowPfn(Host.At(0), write: true);
        RecordingNotifier notifier = RecordingNotifier.On(_host.Mm);

        Assert.Equal(Errno.None, _host.Mm.ZapDevicePages(Host.Pages(0, 2)));

        Assert.Equal("start(mmap) invalidate(mmap) end(mmap) invalidate(mmap)", notifier.NamesWithLocks);
        Assert.Equal(InvalidationReason.Clear, notifier.Calls[0].Announced!.Value.Reason);
        Assert.False(_host.Mm.IsResident(Host.At(0)));
    }

    [Fact]
    [Trait("Fact", "T186")]
    public void The_OOM_reaper_may_not_block_at_the_start_and_yet_invalidates_from_the_end_call()
    {
        _host.WithPages(1).Written(1);
        RecordingNotifier notifier = RecordingNotifier.On(_host.Mm);

        Assert.Equal(Errno.None, _host.Mm.ReapForOom());

        Assert.Equal("start(mmap) invalidate(mmap) end(mmap) invalidate(mmap)", notifier.NamesWithLocks);
        Assert.Equal(new InvalidationRange(Host.Pages(0, 1), InvalidationReason.Unmap, false), notifier.Calls[0].Announced);
        Assert.Equal(0, _host.Memory.FramesUsedFor(FrameUse.Anonymous));
    }

    [Fact]
    public void The_OOM_reaper_skips_a_range_that_a_notifier_refuses_and_ends_it_for_those_that_did_not()
    {
        _host.WithPages(1).Written(1);
        RecordingNotifier willing = RecordingNotifier.On(_host.Mm);
        RecordingNotifier refusing = RecordingNotifier.On(_host.Mm);
        refusing.NonBlockableAnswer = Errno.EAGAIN;

        Assert.Equal(Errno.EAGAIN, _host.Mm.ReapForOom());

        Assert.Equal("start end", willing.Names);
        Assert.Equal("start", refusing.Names);
        Assert.Equal(1, Host.Read(_host.Mm, 0));
    }

    [Fact]
    public void Refusing_a_blockable_range_breaks_a_promise()
    {
        _host.WithPages(1).Written(1);
        _host.Mm.RegisterNotifier(new Refusing());

        Assert.Throws<InvariantViolationException>(() => _host.Mm.Munmap(Host.Pages(0, 1)));
    }

    [Fact]
    public void Sleeping_in_a_callback_under_the_page_table_lock_is_reported()
    {
        _host.WithPages(1).Written(1);
        _host.Mm.Fork("child");
        KernelMutex iommuLock = new(_host.Kernel.Scheduler, "iommu.lock");
        RecordingNotifier notifier = RecordingNotifier.On(_host.Mm);
        notifier.Called = call => iommuLock.Hold().Dispose();

        LockMisuseException misuse = Assert.Throws<LockMisuseException>(() => _host.Mm.Write(Host.At(0), [2]));

        Assert.Contains("may sleep on iommu.lock", misuse.Message, StringComparison.Ordinal);
    }

    private sealed class Refusing : MmuNotifier
    {
        public override Errno InvalidateRangeStart(AddressSpace mm, in InvalidationRange range) => Errno.EAGAIN;
    }
}
