using Iopf.Kernel;

namespace Iopf.Mm.Tests.Notifiers;

/// <summary>Table 5.3 of baseline.md, one test per row: the callbacks in order, their locks, what they announce, exactly once and in pairs.</summary>
public sealed class InvalidationTableTests
{
    // The TLB flush that follows the end call covers what was cleared; "(r)" is the mmap lock for reading, "(w)" for writing.
    private const string ZappedReading = "start(r) invalidate(r) end(r) invalidate(r)";

    private static readonly UserRange Huge = UserRange.OfLength(new UserAddress(0x4000_0000), HugePages.Size);

    private readonly Host _host = new();

    private static InvalidationRange Clear(UserRange range) => new(range, InvalidationReason.Clear, IsBlockable: true);

    [Fact]
    public void Munmap_announces_UNMAP_with_the_mmap_lock_held_for_writing() => Expect(
        _host.WithPages(4).Written(1, 2, 3, 4),
        () => _host.Mm.Munmap(Host.Pages(1, 2)),
        "start(w) invalidate(w) end(w) invalidate(w)",
        new InvalidationRange(Host.Pages(1, 2), InvalidationReason.Unmap, IsBlockable: true));

    [Fact]
    public void Munmap_of_dirty_shared_pages_flushes_under_the_page_table_lock_as_well() => Expect(
        _host.WithPages(1, kind: VmaKind.Shared).Written(1),
        () => _host.Mm.Munmap(Host.Pages(0, 1)),
        "start(w) invalidate(w ptl) invalidate(w) end(w) invalidate(w)",
        new InvalidationRange(Host.Pages(0, 1), InvalidationReason.Unmap, IsBlockable: true));

    [Theory]
    [InlineData(MemoryAdvice.DontNeed)]
    [InlineData(MemoryAdvice.Free)]
    public void Advice_that_drops_private_pages_announces_CLEAR_with_the_mmap_lock_held_for_reading(MemoryAdvice advice) => Expect(
        _host.WithPages(3).Written(1, 2, 3), () => _host.Mm.Madvise(Host.Pages(0, 2), advice), ZappedReading, Clear(Host.Pages(0, 2)));

    [Fact]
    public void Removing_pages_from_a_shared_object_announces_CLEAR_under_its_lock_and_without_the_mmap_lock() => Expect(
        _host.WithPages(2, kind: VmaKind.Shared).Written(1, 2),
        () => _host.Mm.Madvise(Host.Pages(1, 1), MemoryAdvice.Remove),
        "start(rmap) invalidate(rmap ptl) invalidate(rmap) end(rmap)",
        Clear(Host.Pages(1, 1)));

    [Fact]
    public void Mremap_announces_UNMAP_of_the_old_range_and_then_unmaps_it()
    {
        InvalidationRange old = new(Host.Pages(0, 2), InvalidationReason.Unmap, IsBlockable: true);

        Expect(
            _host.WithPages(2).Written(1, 2),
            () => _host.Mm.Mremap(Host.Pages(0, 2), Host.At(0x20)),
            "start(w) invalidate(w ptl) invalidate(w) end(w) start(w) invalidate(w) end(w)",
            old,
            old);
    }

    [Fact]
    public void Mprotect_announces_PROTECTION_VMA_and_invalidates_only_from_the_end_call() => Expect(
        _host.WithPages(2).Written(1, 2),
        () => _host.Mm.Mprotect(Host.Pages(0, 2), MemoryAccess.Read),
        "start(w) invalidate(w) end(w)",
        new InvalidationRange(Host.Pages(0, 2), InvalidationReason.ProtectionVma, IsBlockable: true));

    [Fact]
    public void A_numa_hint_announces_PROTECTION_VMA_with_the_mmap_lock_held_for_reading() => Expect(
        _host.WithPages(2).Written(1, 2),
        () =>
        {
            _host.Mm.HintNuma(Host.Pages(0, 1));
            return Errno.None;
        },
        "start(r) invalidate(r) end(r)",
        new InvalidationRange(Host.Pages(0, 1), InvalidationReason.ProtectionVma, IsBlockable: true));

    [Fact]
    public void Fork_announces_PROTECTION_PAGE_for_each_of_the_parents_private_areas()
    {
        _host.WithPages(2).Written(1, 2);
        _host.Mm.Mmap(Host.Pages(8, 1), Host.ReadWrite);
        Host.Write(_host.Mm, 8, 1);

        Expect(
            _host,
            () =>
            {
                _host.Mm.Fork("child");
                return Errno.None;
            },
            "start(w) invalidate(w) end(w) start(w) invalidate(w) end(w)",
            new InvalidationRange(Host.Pages(0, 2), InvalidationReason.ProtectionPage, IsBlockable: true),
            new InvalidationRange(Host.Pages(8, 1), InvalidationReason.ProtectionPage, IsBlockable: true));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Breaking_copy_on_write_invalidates_under_the_page_table_lock_and_not_from_the_end_call(bool byPin)
    {
        _host.WithPages(1).Written(1);
        _host.Mm.Fork("child");

        Expect(
            _host,
            () => byPin ? _host.Mm.PinPages(Host.At(0), 1, PinFlags.Write, new Pfn[1]).Error : _host.Mm.Write(Host.At(0), [2]),
            "start(r) invalidate(r ptl) change_pte(r ptl) end(r)",
            Clear(Host.Pages(0, 1)));
    }

    [Fact]
    public void Same_page_merging_protects_and_replaces_with_change_pte_and_invalidates_from_the_end_call()
    {
        const string Step = "start(r) change_pte(r ptl) invalidate(r) end(r)";

        Expect(
            _host.WithPages(2).Written(7, 7),
            () => _host.Mm.Merge(Host.At(1), _host.Mm, Host.At(0)),
            $"{Step} {Step} {Step}",
            Clear(Host.Pages(0, 1)),
            Clear(Host.Pages(1, 1)),
            Clear(Host.Pages(1, 1)));
    }

    [Fact]
    public void Swapping_out_invalidates_under_the_page_table_lock_and_from_the_end_call_without_the_mmap_lock() => Expect(
        _host.WithPages(1).Written(1),
        () => _host.Mm.SwapOut(Host.At(0)),
        "start(rmap) invalidate(rmap ptl) invalidate(rmap) end(rmap)",
        Clear(Host.Pages(0, 1)));

    [Fact]
    public void Reclaim_of_a_file_page_invalidates_only_from_the_end_call() => Expect(
        _host.WithPages(1, kind: VmaKind.Shared).Written(1),
        () => _host.Mm.SwapOut(Host.At(0)),
        "start(rmap) invalidate(rmap) end(rmap)",
        Clear(Host.Pages(0, 1)));

    [Theory]
    [InlineData(VmaKind.Anonymous)]
    [InlineData(VmaKind.Shared)]
    public void Migration_invalidates_only_from_the_end_call(VmaKind kind) => Expect(
        _host.WithPages(1, kind: kind).Written(1),
        () => _host.Mm.Migrate(Host.At(0)),
        "start(rmap) invalidate(rmap) end(rmap)",
        Clear(Host.Pages(0, 1)));

    [Fact]
    public void Writeback_announces_PROTECTION_PAGE_and_invalidates_only_from_the_end_call() => Expect(
        _host.WithPages(1, kind: VmaKind.Shared).Written(1),
        () => _host.Mm.CleanForWriteback(Host.At(0)),
        "start(rmap) invalidate(rmap) end(rmap)",
        new InvalidationRange(Host.Pages(0, 1), InvalidationReason.ProtectionPage, IsBlockable: true));

    [Fact]
    public void Switching_a_bar_off_announces_CLEAR_with_the_mmap_lock_held_for_reading()
    {
        _host.Mm.Mmap(Host.Pages(0, 2), Host.ReadWrite, VmaKind.PfnMap, new Pfn(0x40_0000));
        Assert.True(_host.Mm.FollowPfn(Host.At(0), write: true).IsSuccess);
        Assert.True(_host.Mm.FollowPfn(Host.At(1), write: true).IsSuccess);

        Expect(_host, () => _host.Mm.ZapDevicePages(Host.Pages(0, 2)), ZappedReading, Clear(Host.Pages(0, 2)));
    }

    [Fact]
    public void The_OOM_reaper_announces_UNMAP_that_may_not_block_with_the_mmap_lock_held_for_reading() => Expect(
        _host.WithPages(1).Written(1),
        _host.Mm.ReapForOom,
        ZappedReading,
        new InvalidationRange(Host.Pages(0, 1), InvalidationReason.Unmap, IsBlockable: false));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_end_of_a_process_and_a_new_program_only_release(bool isExec)
    {
        Process process = new(_host.Kernel, _host.Memory, "qemu");
        AddressSpace mm = process.Mm!;
        mm.Mmap(Host.Pages(0, 2), Host.ReadWrite);
        Host.Write(mm, 0, 1);
        LockRecorder recorder = LockRecorder.On(_host, mm);

        if (isExec)
        {
            process.Exec();
        }
        else
        {
            process.Exit();
        }

        Assert.Equal(["release()"], recorder.Calls);
    }

    [Fact]
    public void Collapsing_small_pages_announces_CLEAR_with_the_mmap_lock_held_for_writing()
    {
        WithHugePages();
        _host.Mm.Read(Huge.First, new byte[1]);
        _host.Mm.Write(Huge.First, [1]);

        Expect(_host, () => _host.Mm.HugePages.Collapse(Huge.First), "start(w rmap) invalidate(w rmap) end(w rmap)", Clear(Huge));
    }

    [Fact]
    public void Splitting_a_private_huge_page_announces_CLEAR_and_invalidates_nothing()
    {
        WithHugePages();
        _host.Mm.Write(Huge.First, [1]);

        Expect(_host, Split, "start() end()", Clear(Huge));
        Assert.Equal(1, Host.Read(_host.Mm, Huge.First.PageNumber - Host.At(0).PageNumber));
    }

    [Fact]
    public void Splitting_the_huge_page_of_zeros_invalidates_under_the_page_table_lock_and_not_from_the_end_call()
    {
        WithHugePages();
        _host.Mm.Read(Huge.First, new byte[1]);

        Expect(_host, Split, "start() invalidate(ptl) end()", Clear(Huge));
    }

    private void WithHugePages()
    {
        Assert.Equal(Errno.None, _host.Mm.Mmap(Huge, Host.ReadWrite));
        Assert.Equal(Errno.None, _host.Mm.Madvise(Huge, MemoryAdvice.HugePage));
    }

    private Errno Split()
    {
        _host.Mm.HugePages.Split(Huge.First);
        return Errno.None;
    }

    private static void Expect(Host host, Func<Errno> operation, string calls, params InvalidationRange[] announced)
    {
        LockRecorder recorder = LockRecorder.On(host, host.Mm);

        Assert.Equal(Errno.None, operation());

        Assert.Equal(calls, string.Join(' ', recorder.Calls));
        Assert.Equal(announced, recorder.Announced);
        Assert.True(recorder.IsPaired);
    }
}
