using Iopf.Iommu;
using Iopf.Kernel;
using Iopf.Testing;
using Moq;

namespace Iopf.VfioType1.Tests.FaultHandling;

/// <summary>What a fault does when the world changes while it obtains pages without a lock.</summary>
public sealed class PageFaultRetryTests
{
    private readonly FaultWorld _world = new();
    private readonly FakePageSource _pages;
    private readonly Mock<IFaultWindow> _window = new();
    private readonly Mock<IInvalidationGuard> _guard = new();
    private readonly DmaMapping _mapping;

    public PageFaultRetryTests()
    {
        _pages = new FakePageSource(_world.Container);
        _mapping = _world.AddMapping(0, 1024);
        FaultHandlers.WindowIs(_window, 1);
        FaultHandlers.StillCurrent(_guard, true);
        _world.Register(Mock.Of<IDeviceFaultHandler>());
    }

    [Fact]
    public void Pages_that_were_invalidated_meanwhile_are_dropped_and_obtained_anew()
    {
        FaultHandlers.StillCurrent(_guard, false, false, true);

        Handle(FaultWorld.Request(0));

        Assert.Equal(PageResponseCode.Success, _world.Answer);
        Assert.Equal(2, _world.Kernel.Tally.FaultRetries);
        Assert.Equal((3, 2, 1), (_pages.Asked.Count, _pages.ReturnedCount, _pages.MappedCount));
    }

    [Fact]
    public void Before_the_pages_are_obtained_anew_the_end_of_the_invalidation_is_awaited_without_the_containers_lock()
    {
        FaultHandlers.WindowIs(_window, 4);
        FaultHandlers.StillCurrent(_guard, false, true);
        _guard.Setup(port => port.AwaitEnd(_world.Container, _mapping.Mm, UserRange.OfPages(FaultWorld.VaddrAt(0), 4)))
            .Callback(() => Assert.False(_world.Container.Lock.IsHeld));

        Handle(FaultWorld.Request(0));

        _guard.Verify(port => port.AwaitEnd(_world.Container, _mapping.Mm, UserRange.OfPages(FaultWorld.VaddrAt(0), 4)), Times.Once);
    }

    [Fact]
    public void The_ticket_is_taken_before_the_pages_and_compared_over_exactly_what_was_obtained()
    {
        FaultHandlers.WindowIs(_window, 8);
        _pages.MissingFrom = FaultWorld.VaddrAt(5);
        _guard.Setup(port => port.Begin(_world.Container, _mapping))
            .Callback(() => Assert.Empty(_pages.Asked))
            .Returns(new InvalidationTicket(9));

        Handle(FaultWorld.Request(2));

        UserRange obtained = UserRange.OfPages(FaultWorld.VaddrAt(2), 3);
        _guard.Verify(port => port.IsCurrent(_world.Container, _mapping, new InvalidationTicket(9), obtained), Times.Once);
    }

    [Fact]
    public void A_mapping_that_was_removed_meanwhile_is_answered_invalid_and_nothing_is_mapped()
    {
        _pages.Obtaining = _ =>
        {
            _world.Container.Mappings.Remove(_mapping);
            _mapping.Retire();
        };

        Handle(FaultWorld.Request(0));

        Assert.Equal(PageResponseCode.Invalid, _world.Answer);
        Assert.Empty(_world.Domain.MappedIovas);
        Assert.Equal((1, 0), (_pages.ReturnedCount, _pages.OutCount));
    }

    [Fact]
    public void A_vaddr_handed_back_meanwhile_is_answered_invalid()
    {
        _pages.Obtaining = _ => _mapping.IsVaddrInvalid = true;

        Handle(FaultWorld.Request(0));

        Assert.Equal(PageResponseCode.Invalid, _world.Answer);
        Assert.Empty(_world.Domain.MappedIovas);
    }

    [Fact]
    public void A_new_vaddr_given_meanwhile_is_the_one_that_is_mapped()
    {
        _pages.Obtaining = _ => _mapping.Vaddr = FaultWorld.VaddrAt(100);

        Handle(FaultWorld.Request(1));

        Assert.Equal(PageResponseCode.Success, _world.Answer);
        Assert.Equal(_pages.FrameOf(FaultWorld.VaddrAt(101)).Address, _world.Domain.IovaToPhysical(FaultWorld.IovaAt(1)));
        Assert.Equal(1, _world.Kernel.Tally.FaultRetries);
    }

    [Fact]
    public void A_mapping_that_was_removed_and_whose_object_became_another_one_meanwhile_is_looked_up_again()
    {
        _pages.Obtaining = call =>
        {
            if (call == 1)
            {
                // The new one is the same in everything but its number.
                ulong size = _mapping.Size;
                _mapping.Retire();
                _mapping.Renew(_mapping.Iova, _mapping.Vaddr, _mapping.Prot, _mapping.Task, _mapping.Mm, _mapping.HasLockCap);
                (_mapping.Size, _mapping.IsOnDemand) = (size, true);
            }
        };

        Handle(FaultWorld.Request(0));

        Assert.Equal(PageResponseCode.Success, _world.Answer);
        Assert.Equal((2, 1), (_pages.Asked.Count, _world.Kernel.Tally.FaultRetries));
        Assert.Equal((1, 0), (_pages.ReturnedCount, _pages.OutCount));
    }

    [Fact]
    public void Pages_of_another_address_space_at_the_same_vaddr_are_not_mapped()
    {
        Mm.Process other = new(_world.Kernel, _world.Memory, "other");
        _pages.Obtaining = call => _mapping.Mm = call == 1 ? other.Mm! : _mapping.Mm;

        Handle(FaultWorld.Request(0));

        Assert.Equal(PageResponseCode.Success, _world.Answer);
        Assert.Equal((2, 1), (_pages.Asked.Count, _world.Kernel.Tally.FaultRetries));
    }

    [Fact]
    public void A_page_that_another_fault_mapped_before_the_retry_is_a_success_as_it_is()
    {
        FaultHandlers.StillCurrent(_guard, false);
        _pages.Obtaining = _ => _world.MapPages(_mapping, 0, 1);

        Handle(FaultWorld.Request(0));

        Assert.Equal(PageResponseCode.Success, _world.Answer);
        Assert.Equal((1, 1), (_pages.Asked.Count, _pages.ReturnedCount));
    }

    [Fact]
    public void A_page_that_another_fault_mapped_while_this_one_obtained_it_is_not_mapped_twice()
    {
        _pages.Obtaining = _ => _world.MapPages(_mapping, 0, 1);

        Handle(FaultWorld.Request(0));

        Assert.Equal(PageResponseCode.Success, _world.Answer);
        Assert.Equal(1UL, _mapping.MappedPages.Count);
    }

    [Fact]
    public void An_invalidation_behind_the_first_batch_of_a_window_ends_the_window_and_not_the_fault()
    {
        FaultHandlers.WindowIs(_window, 600);
        FaultHandlers.StillCurrent(_guard, true, false);

        Handle(FaultWorld.Request(0));

        Assert.Equal(PageResponseCode.Success, _world.Answer);
        Assert.Equal((512UL, 0), (_mapping.MappedPages.Count, _pages.OutCount));
        Assert.Equal(0, _world.Kernel.Tally.FaultRetries);
    }

    [Fact]
    public void A_window_of_scattered_frames_is_mapped_frame_by_frame_up_to_the_one_a_domain_refuses()
    {
        FaultHandlers.WindowIs(_window, 8);
        _pages.IsScattered = true;
        _world.Domain.MapFailsAt = FaultWorld.IovaAt(3);

        Handle(FaultWorld.Request(0));

        Assert.Equal(PageResponseCode.Success, _world.Answer);
        Assert.Equal([0UL, 1UL, 2UL], FaultWorld.PagesIn(_world.Domain));
        Assert.Equal(_pages.FrameOf(FaultWorld.VaddrAt(2)).Address, _world.Domain.IovaToPhysical(FaultWorld.IovaAt(2)));
        Assert.Equal((3, 5, 0), (_pages.MappedCount, _pages.ReturnedCount, _pages.OutCount));
    }

    [Fact]
    public void A_window_longer_than_a_batch_is_obtained_batch_by_batch()
    {
        FaultHandlers.WindowIs(_window, 600);

        Handle(FaultWorld.Request(0));

        Assert.Equal(
            [(FaultWorld.VaddrAt(0), 512, IommuProt.Read), (FaultWorld.VaddrAt(512), 88, IommuProt.Read)],
            _pages.Asked);
        Assert.Equal(600UL, _mapping.MappedPages.RunLength(0, 1023));
    }

    private void Handle(IommuFault request)
    {
        Assert.Equal(Errno.None, _world.Report(in request));
        FaultHandlers.Create(_world, _pages, new WholeSpaceScope(), _window.Object, _guard.Object).Handle(_world.Device, new[] { request });
    }
}
