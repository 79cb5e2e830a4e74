using Iopf.Kernel;
using Iopf.Mm;
using Iopf.Testing;
using Iopf.VfioType1.Patches.UnpinnedMapping;
using Iopf.VfioType1.Tests.FaultHandling;

namespace Iopf.VfioType1.Tests.Patches.UnpinnedMapping;

public sealed class MappedPagesNotifierTests
{
    private readonly FaultWorld _world = new();
    private readonly MappedPagesNotifier _notifier;

    public MappedPagesNotifierTests() => _notifier = new MappedPagesNotifier(_world.Kernel, _world.Container, new MappedPageRemover(_world.Kernel, _world.Memory));

    [Fact]
    public void The_mapped_pages_of_the_range_go_and_their_neighbours_stay()
    {
        DmaMapping mapping = _world.AddMapping(0, 16);
        _world.MapPages(mapping, 2, 6);

        Assert.Equal(Errno.None, Start(Pages(4, 2)));

        Assert.Equal([2UL, 3UL, 6UL, 7UL], FaultWorld.PagesIn(_world.Domain));
        Assert.Equal((4UL, false, true), (mapping.MappedPages.Count, mapping.MappedPages[5], mapping.MappedPages[6]));
        Assert.Equal(2, _world.Kernel.Tally.PagesInvalidated);
    }

    [Fact]
    public void The_IOTLB_has_forgotten_the_pages_before_the_memory_changes()
    {
        _world.MapPages(_world.AddMapping(0, 16), 0, 8);

        Start(Pages(0, 16));

        Assert.Equal((1, 0), (_world.Domain.SyncCount, _world.Domain.UnsyncedPages));
    }

    [Fact]
    public void A_range_without_mapped_pages_costs_no_sync()
    {
        _world.MapPages(_world.AddMapping(0, 16), 0, 2);

        Start(Pages(8, 8));

        Assert.Equal(0, _world.Domain.SyncCount);
    }

    [Fact]
    public void Runs_that_lie_apart_are_all_unmapped_in_every_domain()
    {
        FakeIommuDomain other = _world.AddDomain();
        DmaMapping mapping = _world.AddMapping(0, 16);
        _world.MapPages(mapping, 1, 2);
        _world.MapPages(mapping, 5, 1);
        _world.MapPages(mapping, 15, 1);

        Start(Pages(0, 16));

        Assert.Empty(_world.Domain.MappedIovas);
        Assert.Empty(other.MappedIovas);
        Assert.Equal((0, 0), (_world.Domain.UnsyncedPages, other.UnsyncedPages));
        Assert.Equal(4, _world.Kernel.Tally.PagesInvalidated);
    }

    [Fact]
    public void A_page_that_one_domain_lacks_does_not_save_those_behind_it()
    {
        FakeIommuDomain other = _world.AddDomain();
        DmaMapping mapping = _world.AddMapping(0, 16);
        _world.MapPages(mapping, 0, 6);
        other.Unmap(FaultWorld.IovaAt(2), Page.Size);

        Start(Pages(0, 16));

        Assert.Empty(_world.Domain.MappedIovas);
        Assert.Empty(other.MappedIovas);
        Assert.Equal(0UL, mapping.MappedPages.Count);
    }

    [Fact]
    public void Every_mapping_of_the_memory_loses_its_page()
    {
        _world.MapPages(_world.AddMapping(0, 4), 0, 4);
        _world.MapPages(_world.AddMapping(8, 4, firstVaddrPage: 2), 8, 4);

        Start(Pages(3, 1));

        Assert.Equal([0UL, 1UL, 2UL, 8UL, 10UL, 11UL], FaultWorld.PagesIn(_world.Domain));
    }

    [Fact]
    public void Mappings_of_another_address_space_are_left_alone()
    {
        DmaMapping mapping = _world.AddMapping(0, 4);
        _world.MapPages(mapping, 0, 4);
        AddressSpace other = new Process(_world.Kernel, _world.Memory, "other").Mm!;

        _notifier.InvalidateRangeStart(other, new InvalidationRange(Pages(0, 4), InvalidationReason.Unmap, IsBlockable: true));
        _notifier.Release(other);

        Assert.Equal(4UL, mapping.MappedPages.Count);
    }

    [Fact]
    public void Pages_that_a_vendor_driver_holds_stay_among_those_that_go()
    {
        DmaMapping mapping = _world.AddMapping(0, 8);
        _world.MapPages(mapping, 0, 8);
        mapping.HeldPages.Set(0, 1);
        mapping.HeldPages.Set(3, 2);
        mapping.HeldPages.Set(7, 1);

        Start(Pages(0, 8));

        Assert.Equal([0UL, 3UL, 4UL, 7UL], FaultWorld.PagesIn(_world.Domain));
        Assert.Equal(4, _world.Kernel.Tally.PagesInvalidated);
    }

    [Fact]
    public void One_that_may_not_block_is_refused_while_the_pages_are_busy_and_changes_nothing()
    {
        DmaMapping mapping = _world.AddMapping(0, 4);
        _world.MapPages(mapping, 0, 4);
        InvalidationTicket before = new SequencedInvalidations().Begin(_world.Container, mapping);

        using (_world.Container.PagesLock.Hold())
        {
            using (_world.Kernel.Scheduler.Enter(_world.Kernel.Scheduler.CreateCaller("oom_reaper")))
            {
                Assert.Equal(Errno.EAGAIN, Start(Pages(0, 4), isBlockable: false));
            }

            Assert.True(new SequencedInvalidations().IsCurrent(_world.Container, mapping, before, Pages(0, 4)));
        }

        Assert.Equal(4UL, mapping.MappedPages.Count);
        Assert.Equal(Errno.None, Start(Pages(0, 4), isBlockable: false));
        Assert.Equal(0UL, mapping.MappedPages.Count);
    }

    [Fact]
    public void The_end_of_the_address_space_takes_every_page()
    {
        DmaMapping mapping = _world.AddMapping(0, 4);
        _world.MapPages(mapping, 0, 4);

        _notifier.Release(mapping.Mm);

        Assert.Empty(_world.Domain.MappedIovas);
        Assert.Equal(0, _world.Domain.UnsyncedPages);
    }

    [Fact]
    public void Registered_with_an_address_space_it_hears_of_a_munmap()
    {
        Assert.Equal(Errno.None, _world.Owner.Mm!.Mmap(Pages(0, 4), MemoryAccess.Read | MemoryAccess.Write));
        Assert.Equal(Errno.None, _world.Owner.Mm!.RegisterNotifier(_notifier));
        _world.MapPages(_world.AddMapping(0, 4), 0, 4);

        _world.Owner.Mm!.Munmap(Pages(1, 2));

        Assert.Equal([0UL, 3UL], FaultWorld.PagesIn(_world.Domain));
        Assert.Equal(1UL, _world.Container.Invalidations.Sequence);
    }

    private static UserRange Pages(ulong first, ulong count) => UserRange.OfPages(FaultWorld.VaddrAt(first), count);

    private Errno Start(UserRange range, bool isBlockable = true) =>
        _notifier.InvalidateRangeStart(_world.Owner.Mm!, new InvalidationRange(range, InvalidationReason.Unmap, isBlockable));
}
