using Iopf.Kernel;
using Iopf.Mm;
using Iopf.VfioType1.Patches.UnpinnedMapping;
using Iopf.VfioType1.Tests.FaultHandling;

namespace Iopf.VfioType1.Tests.Patches.UnpinnedMapping;

public sealed class SequencedInvalidationsTests
{
    private readonly FaultWorld _world = new();
    private readonly SequencedInvalidations _guard = new();
    private readonly DmaMapping _mapping;

    public SequencedInvalidationsTests() => _mapping = _world.AddMapping(0, 64);

    [Fact]
    public void A_ticket_is_current_while_nothing_is_invalidated() => Assert.True(IsCurrent(Ticket(), Pages(0, 64)));

    [Fact]
    public void An_invalidation_that_ran_since_the_ticket_makes_it_stale_for_its_range_and_no_other()
    {
        InvalidationTicket ticket = Ticket();

        Invalidate(Pages(4, 2));

        Assert.False(IsCurrent(ticket, Pages(5, 1)));
        Assert.False(IsCurrent(ticket, Pages(0, 5)));
        Assert.True(IsCurrent(ticket, Pages(0, 4)));
        Assert.True(IsCurrent(ticket, Pages(6, 1)));
    }

    [Fact]
    public void An_invalidation_that_is_running_makes_every_ticket_stale_however_new_it_is()
    {
        Begin(Pages(4, 1));

        Assert.False(IsCurrent(Ticket(), Pages(4, 1)));
        Assert.True(IsCurrent(Ticket(), Pages(5, 1)));
    }

    [Fact]
    public void One_that_was_running_at_the_ticket_and_ended_since_makes_it_stale()
    {
        Begin(Pages(4, 1));
        InvalidationTicket ticket = Ticket();
        End(Pages(4, 1));

        Assert.False(IsCurrent(ticket, Pages(4, 1)));
        Assert.True(IsCurrent(Ticket(), Pages(4, 1)));
    }

    [Fact]
    public void One_that_ended_before_the_ticket_does_not_matter()
    {
        Invalidate(Pages(4, 1));

        Assert.True(IsCurrent(Ticket(), Pages(4, 1)));
    }

    [Fact]
    public void Two_that_run_at_once_over_one_range_are_told_apart()
    {
        Begin(Pages(4, 1));
        Begin(Pages(4, 1));
        End(Pages(4, 1));

        Assert.False(IsCurrent(Ticket(), Pages(4, 1)));
        End(Pages(4, 1));
        Assert.True(IsCurrent(Ticket(), Pages(4, 1)));
    }

    [Fact]
    public void The_same_addresses_of_another_process_do_not_matter()
    {
        InvalidationTicket ticket = Ticket();
        AddressSpace other = new Process(_world.Kernel, _world.Memory, "other").Mm!;

        using (_world.Container.PagesLock.Hold())
        {
            _world.Container.Invalidations.Begin(other, Pages(4, 1));
        }

        Assert.True(IsCurrent(ticket, Pages(4, 1)));
    }

    [Fact]
    public void A_ticket_older_than_the_memory_of_the_log_is_stale_everywhere()
    {
        InvalidationTicket ticket = Ticket();
        Times(16, () => Invalidate(Pages(4, 1)));
        Assert.True(IsCurrent(ticket, Pages(9, 1)));

        Invalidate(Pages(4, 1));

        Assert.False(IsCurrent(ticket, Pages(9, 1)));
    }

    [Fact]
    public void Whoever_waits_for_the_end_sleeps_while_one_is_running_and_not_for_another_range()
    {
        Begin(Pages(4, 2));

        _guard.AwaitEnd(_world.Container, _mapping.Mm, Pages(6, 2));

        Assert.Throws<DeadlockException>(() => _guard.AwaitEnd(_world.Container, _mapping.Mm, Pages(3, 2)));
        End(Pages(4, 2));
        _guard.AwaitEnd(_world.Container, _mapping.Mm, Pages(3, 2));
    }

    [Fact]
    public void Invalidations_are_kept_out_by_the_pages_lock_and_the_question_is_asked_under_it()
    {
        InvalidationTicket ticket = Ticket();
        using (_guard.Enter(_world.Container))
        {
            Assert.True(_world.Container.PagesLock.IsHeld);
        }

        Assert.False(_world.Container.PagesLock.IsHeld);
        Assert.Throws<InvariantViolationException>(() => _guard.IsCurrent(_world.Container, _mapping, ticket, Pages(0, 1)));
    }

    private static UserRange Pages(ulong first, ulong count) => UserRange.OfPages(FaultWorld.VaddrAt(first), count);

    private static void Times(int count, Action step)
    {
        for (int i = 0; i < count; i++)
        {
            step();
        }
    }

    private InvalidationTicket Ticket() => _guard.Begin(_world.Container, _mapping);

    private bool IsCurrent(InvalidationTicket ticket, UserRange vaddrs)
    {
        using (_guard.Enter(_world.Container))
        {
            return _guard.IsCurrent(_world.Container, _mapping, ticket, vaddrs);
        }
    }

    private void Invalidate(UserRange range)
    {
        Begin(range);
        End(range);
    }

    private void Begin(UserRange range) =>
        Notifier().InvalidateRangeStart(_mapping.Mm, new InvalidationRange(range, InvalidationReason.Clear, IsBlockable: true));

    private void End(UserRange range) =>
        Notifier().InvalidateRangeEnd(_mapping.Mm, new InvalidationRange(range, InvalidationReason.Clear, IsBlockable: true));

    private MappedPagesNotifier Notifier() => new(_world.Kernel, _world.Container, new MappedPageRemover(_world.Kernel, _world.Memory));
}
