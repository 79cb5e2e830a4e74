using Iopf.Iommu;
using Iopf.Kernel;
using Moq;

namespace Iopf.VfioType1.Tests.FaultHandling;

public sealed class FaultPlannerTests
{
    private readonly FaultWorld _world = new();
    private readonly Mock<IFaultableScope> _scope = new(MockBehavior.Strict);
    private readonly Mock<IFaultWindow> _window = new(MockBehavior.Strict);
    private readonly Mock<IInvalidationGuard> _guard = new();

    public FaultPlannerTests()
    {
        _scope.Setup(scope => scope.ScopeOf(_world.Group, It.IsAny<Iova>())).Returns(IovaRange.All);
        _window.Setup(window => window.Plan(
                _world.Container, It.IsAny<DmaMapping>(), It.IsAny<Iova>(), It.IsAny<IovaRange>(), It.IsAny<IommuProt>()))
            .Returns((Type1Container _, DmaMapping _, Iova page, IovaRange _, IommuProt _) => IovaRange.OfPages(page, 1));
    }

    [Fact]
    public void A_page_of_a_mapping_on_demand_is_planned_with_window_access_and_ticket()
    {
        DmaMapping mapping = _world.AddMapping(0, 4);
        IovaRange scope = IovaRange.OfPages(FaultWorld.IovaAt(1), 3);
        IovaRange window = IovaRange.OfPages(FaultWorld.IovaAt(1), 2);
        _scope.Setup(port => port.ScopeOf(_world.Group, FaultWorld.IovaAt(1))).Returns(scope);
        _window.Setup(port => port.Plan(_world.Container, mapping, FaultWorld.IovaAt(1), scope, IommuProt.Write)).Returns(window);
        _guard.Setup(port => port.Begin(_world.Container, mapping)).Returns(new InvalidationTicket(42));
        IommuFault inThePage = FaultWorld.Request(1, FaultPermissions.Write) with { Address = FaultWorld.IovaAt(1).Plus(0x234) };

        Assert.Null(Plan(inThePage, out FaultPlan plan));

        Assert.Equal(new FaultPlan(mapping, window, IommuProt.Write, new InvalidationTicket(42)), plan);
    }

    [Fact]
    public void A_page_without_mapping_is_invalid()
    {
        _world.AddMapping(0, 4);

        Assert.Equal(PageResponseCode.Invalid, Plan(FaultWorld.Request(4), out _));
    }

    [Fact]
    public void A_page_that_may_not_fault_is_invalid_although_it_is_mapped()
    {
        _world.AddMapping(0, 4);
        _scope.Setup(scope => scope.ScopeOf(_world.Group, FaultWorld.IovaAt(2))).Returns((IovaRange?)null);

        Assert.Equal(PageResponseCode.Invalid, Plan(FaultWorld.Request(2), out _));
        Assert.Null(Plan(FaultWorld.Request(1), out _));
    }

    [Fact]
    public void A_request_with_a_PASID_is_invalid_because_the_container_does_not_own_that_address_space()
    {
        _world.AddMapping(0, 4);

        Assert.Equal(PageResponseCode.Invalid, Plan(FaultWorld.Request(0) with { Pasid = 5 }, out _));
    }

    [Fact]
    public void A_mapping_whose_vaddr_was_handed_back_is_answered_invalid_at_once()
    {
        _world.AddMapping(0, 4).IsVaddrInvalid = true;

        Assert.Equal(PageResponseCode.Invalid, Plan(FaultWorld.Request(0), out _));
    }

    [Theory]
    [InlineData(IommuProt.Read, FaultPermissions.Write)]
    [InlineData(IommuProt.Read, FaultPermissions.Read | FaultPermissions.Write)]
    [InlineData(IommuProt.Write, FaultPermissions.Read)]
    [InlineData(IommuProt.Write, FaultPermissions.Execute)]
    public void An_access_the_mapping_does_not_grant_is_invalid(IommuProt granted, FaultPermissions access)
    {
        _world.AddMapping(0, 4, granted);

        Assert.Equal(PageResponseCode.Invalid, Plan(FaultWorld.Request(0, access), out _));
    }

    [Theory]
    [InlineData(FaultPermissions.Execute, IommuProt.Read)]
    [InlineData(FaultPermissions.Read | FaultPermissions.Privileged, IommuProt.Read)]
    [InlineData(FaultPermissions.Write, IommuProt.Write)]
    [InlineData(FaultPermissions.Read | FaultPermissions.Write, FaultWorld.ReadWrite)]
    public void A_fetch_is_a_read_and_privilege_does_not_matter(FaultPermissions access, IommuProt planned)
    {
        _world.AddMapping(0, 4);

        Assert.Null(Plan(FaultWorld.Request(0, access), out FaultPlan plan));
        Assert.Equal(planned, plan.Access);
    }

    [Fact]
    public void A_page_that_was_mapped_meanwhile_is_a_success_and_no_window_is_asked_for()
    {
        _world.MapPages(_world.AddMapping(0, 4), 1, 1);

        Assert.Equal(PageResponseCode.Success, Plan(FaultWorld.Request(1, FaultPermissions.Write), out _));

        _window.VerifyNoOtherCalls();
    }

    [Fact]
    public void A_page_mapped_for_reading_is_planned_again_for_a_write()
    {
        _world.MapPages(_world.AddMapping(0, 4), 1, 1, IommuProt.Read);

        Assert.Equal(PageResponseCode.Success, Plan(FaultWorld.Request(1), out _));
        Assert.Null(Plan(FaultWorld.Request(1, FaultPermissions.Write), out _));
    }

    [Fact]
    public void A_bit_without_an_entry_in_the_faulting_devices_domain_is_no_success()
    {
        DmaMapping mapping = _world.AddMapping(0, 4);
        mapping.MappedPages.Set(1, 1);
        Assert.Equal(Errno.None, _world.AddDomain().Map(FaultWorld.IovaAt(1), 0x9000, Page.Size, FaultWorld.ReadWrite));

        Assert.Null(Plan(FaultWorld.Request(1), out _));
    }

    [Fact]
    public void A_missing_page_of_a_static_mapping_is_invalid()
    {
        _world.AddMapping(0, 4).IsOnDemand = false;

        Assert.Equal(PageResponseCode.Invalid, Plan(FaultWorld.Request(0), out _));
    }

    [Fact]
    public void Planning_without_the_container_lock_breaks_a_promise()
    {
        FaultPlanner planner = new(_world.Kernel, _scope.Object, _window.Object, _guard.Object);
        IommuFault request = FaultWorld.Request(0);

        Assert.Throws<InvariantViolationException>(() => planner.Plan(_world.Target, _world.Device, in request, out _));
    }

    [Fact]
    public void A_scope_that_cannot_tell_its_changes_never_changes_behind_the_posted_codes_back()
    {
        FaultWorld posted = new(ErrataSet.Of(Erratum.E11, Erratum.E67));
        posted.AddMapping(0, 4);
        _scope.Setup(scope => scope.ScopeOf(posted.Group, It.IsAny<Iova>())).Returns(IovaRange.All);
        PostedFaultPlanner planner = new(posted.Kernel, _scope.Object, new SinglePageWindow(), _guard.Object);
        IommuFault request = FaultWorld.Request(1);

        using (posted.Container.Lock.Hold())
        {
            Assert.Null(planner.Plan(posted.Target, posted.Device, in request, out FaultPlan plan));
            Assert.Equal(IovaRange.OfPages(FaultWorld.IovaAt(1), 1), plan.Window);
        }
    }

    private PageResponseCode? Plan(IommuFault request, out FaultPlan plan)
    {
        FaultPlanner planner = new(_world.Kernel, _scope.Object, _window.Object, _guard.Object);
        using (_world.Container.Lock.Hold())
        {
            return planner.Plan(_world.Target, _world.Device, in request, out plan);
        }
    }
}
