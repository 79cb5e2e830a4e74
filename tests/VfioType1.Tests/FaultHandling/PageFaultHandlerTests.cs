using Iopf.Iommu;
using Iopf.Kernel;
using Iopf.Testing;
using Moq;

namespace Iopf.VfioType1.Tests.FaultHandling;

public sealed class PageFaultHandlerTests
{
    private readonly FaultWorld _world = new();
    private readonly FakePageSource _pages;
    private readonly Mock<IFaultableScope> _scope = new();
    private readonly Mock<IFaultWindow> _window = new();
    private readonly Mock<IInvalidationGuard> _guard = new();

    public PageFaultHandlerTests()
    {
        _pages = new FakePageSource(_world.Container);
        _scope.Setup(port => port.ScopeOf(_world.Group, It.IsAny<Iova>())).Returns(IovaRange.All);
        WindowIs(1);
        StillCurrent(true);
        _world.Register(Mock.Of<IDeviceFaultHandler>());
    }

    [Fact]
    public void A_page_is_mapped_marked_and_answered_success_once()
    {
        DmaMapping mapping = _world.AddMapping(0, 4);

        Handle(FaultWorld.Request(2, FaultPermissions.Write));

        Assert.Equal(PageResponseCode.Success, _world.Answer);
        Assert.Equal(_pages.FrameOf(FaultWorld.VaddrAt(2)).Address, _world.Domain.IovaToPhysical(FaultWorld.IovaAt(2)));
        Assert.Equal((true, 1UL), (mapping.MappedPages[2], mapping.MappedPages.Count));
        Assert.Equal((1, 0, 0), (_pages.MappedCount, _pages.ReturnedCount, _pages.OutCount));
        Assert.Equal(0, _world.Device.Iommu!.PendingFaultCount);
    }

    [Theory]
    [InlineData(FaultPermissions.Read, IommuProt.Read)]
    [InlineData(FaultPermissions.Write, FaultWorld.ReadWrite)]
    public void A_read_is_granted_reading_and_a_write_all_that_the_mapping_grants(FaultPermissions access, IommuProt granted)
    {
        _world.AddMapping(0, 4);

        Handle(FaultWorld.Request(0, access));

        Assert.Equal(granted, _world.Domain.ProtOf(FaultWorld.IovaAt(0)));
    }

    [Fact]
    public void A_write_replaces_the_entry_that_a_read_left()
    {
        _world.AddMapping(0, 4);

        Handle(FaultWorld.Request(0));
        Handle(FaultWorld.Request(0, FaultPermissions.Write));

        Assert.Equal(FaultWorld.ReadWrite, _world.Domain.ProtOf(FaultWorld.IovaAt(0)));
        Assert.Equal((1, 0), (_world.Domain.SyncCount, _world.Domain.UnsyncedPages));
    }

    [Fact]
    public void A_device_whose_group_is_in_no_container_is_answered_invalid()
    {
        _world.AddMapping(0, 4);
        _world.Directory.Unlink(_world.Group);

        Handle(FaultWorld.Request(0));

        Assert.Equal(PageResponseCode.Invalid, _world.Answer);
    }

    [Fact]
    public void A_page_without_memory_behind_it_is_answered_invalid_and_not_mapped()
    {
        DmaMapping mapping = _world.AddMapping(0, 4);
        _pages.MissingFrom = FaultWorld.VaddrAt(2);

        Handle(FaultWorld.Request(2));

        Assert.Equal(PageResponseCode.Invalid, _world.Answer);
        Assert.Empty(_world.Domain.MappedIovas);
        Assert.Equal(0UL, mapping.MappedPages.Count);
    }

    [Fact]
    public void Every_domain_of_the_container_gets_the_page()
    {
        FakeIommuDomain other = _world.AddDomain();
        _world.AddMapping(0, 4);

        Handle(FaultWorld.Request(3));

        Assert.Equal([3UL], FaultWorld.PagesIn(_world.Domain));
        Assert.Equal([3UL], FaultWorld.PagesIn(other));
    }

    [Fact]
    public void A_domain_that_refuses_the_page_leaves_it_in_no_domain()
    {
        DmaMapping mapping = _world.AddMapping(0, 4);
        _world.AddDomain().MapFailsAt = FaultWorld.IovaAt(3);

        Handle(FaultWorld.Request(3));

        Assert.Equal(PageResponseCode.Invalid, _world.Answer);
        Assert.Empty(_world.Domain.MappedIovas);
        Assert.Equal(0UL, mapping.MappedPages.Count);
        Assert.Equal((0, 1, 0), (_pages.MappedCount, _pages.ReturnedCount, _pages.OutCount));
    }

    [Fact]
    public void The_first_failure_of_a_group_decides_and_the_group_is_answered_once()
    {
        _world.AddMapping(0, 1);
        _world.AddMapping(2, 1);

        Handle(FaultWorld.Request(0) with { IsLastOfGroup = false }, FaultWorld.Request(1) with { IsLastOfGroup = false }, FaultWorld.Request(2));

        Assert.Equal(PageResponseCode.Invalid, _world.Answer);
        Assert.Equal([0UL], FaultWorld.PagesIn(_world.Domain));
    }

    [Fact]
    public void A_group_whose_requests_all_succeed_is_answered_success_once()
    {
        _world.AddMapping(0, 4);

        Handle(FaultWorld.Request(3) with { IsLastOfGroup = false }, FaultWorld.Request(1));

        Assert.Equal(PageResponseCode.Success, _world.Answer);
        Assert.Equal([1UL, 3UL], FaultWorld.PagesIn(_world.Domain));
    }

    private void Handle(params IommuFault[] requests)
    {
        Assert.Equal(Errno.None, _world.Report(in requests[^1]));
        FaultHandlers.Create(_world, _pages, _scope.Object, _window.Object, _guard.Object).Handle(_world.Device, requests);
    }

    private void WindowIs(ulong pageCount) => FaultHandlers.WindowIs(_window, pageCount);

    private void StillCurrent(params bool[] answers) => FaultHandlers.StillCurrent(_guard, answers);
}
