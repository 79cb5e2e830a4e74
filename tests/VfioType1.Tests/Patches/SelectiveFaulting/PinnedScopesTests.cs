using Iopf.Iommu;
using Iopf.Kernel;
using Iopf.VfioType1.Patches.SelectiveFaulting;
using Iopf.VfioType1.Tests.FaultHandling;

namespace Iopf.VfioType1.Tests.Patches.SelectiveFaulting;

/// <summary>What a vendor driver pins is entered while it is pinned; what lies between may fault.</summary>
public sealed class PinnedScopesTests
{
    private static readonly Pfn Frame = new(0x4321);
    private readonly FaultWorld _world = new();
    private readonly DmaMapping _mapping;
    private readonly PinnedScopes _scopes;

    public PinnedScopesTests()
    {
        _mapping = _world.AddMapping(0, 16);
        _scopes = new PinnedScopes(_world.Directory, new NoInvalidation(), new MappedPageRemover(_world.Kernel, _world.Memory), new PageRunMapper(_world.Kernel));
    }

    private IommuGroup Group => _world.Group.IommuGroup;

    [Fact]
    public void Without_pins_the_whole_space_may_fault() => Assert.Equal(IovaRange.All, Scope(3));

    [Fact]
    public void A_pinned_page_is_entered_and_held()
    {
        Pin(5);

        Assert.Equal(Frame.Address, _world.Domain.IovaToPhysical(FaultWorld.IovaAt(5)));
        Assert.True(_mapping.MappedPages[5] && _mapping.HeldPages[5]);
    }

    [Fact]
    public void A_page_that_a_fault_entered_is_entered_anew_with_all_that_the_mapping_grants()
    {
        _world.MapPages(_mapping, 5, 1, IommuProt.Read);

        Pin(5);

        Assert.Equal(Frame.Address, _world.Domain.IovaToPhysical(FaultWorld.IovaAt(5)));
        Assert.Equal(FaultWorld.ReadWrite, _world.Domain.ProtOf(FaultWorld.IovaAt(5)));
    }

    [Fact]
    public void The_scope_of_a_fault_is_the_gap_between_pinned_pages()
    {
        Pin(2);
        Pin(9);

        Assert.Equal(IovaRange.OfPages(FaultWorld.IovaAt(3), 6), Scope(4));
    }

    [Fact]
    public void The_last_pin_that_goes_takes_the_page_out()
    {
        Pin(5);
        Pin(5);

        Assert.True(Unpin(5));
        Assert.True(_mapping.HeldPages[5]);
        Assert.True(Unpin(5));

        Assert.Empty(_world.Domain.MappedIovas);
        Assert.False(_mapping.HeldPages[5]);
        Assert.Equal(IovaRange.All, Scope(5));
    }

    [Fact]
    public void A_pin_that_was_never_taken_cannot_be_given_back()
    {
        Pin(5);

        Assert.False(Unpin(6));
    }

    [Fact]
    public void A_group_that_leaves_lets_go_of_what_it_pinned()
    {
        Pin(5);
        Pin(6);

        _scopes.Left(_world.Container, Group);

        Assert.Empty(_world.Domain.MappedIovas);
    }

    [Fact]
    public void A_mapping_that_is_not_on_demand_is_none_of_its_business()
    {
        _mapping.IsOnDemand = false;

        Pin(5);

        Assert.Empty(_world.Domain.MappedIovas);
        Assert.True(Unpin(5));
    }

    private IovaRange? Scope(ulong page) => _scopes.ScopeOf(_world.Group, FaultWorld.IovaAt(page));

    private void Pin(ulong page)
    {
        _mapping.ExternalPins.Add(FaultWorld.IovaAt(page), Frame);
        Assert.Equal(Errno.None, _scopes.Pinned(_world.Container, Group, _mapping, FaultWorld.IovaAt(page), Frame));
    }

    private bool Unpin(ulong page) => _scopes.Unpinning(_world.Container, Group, _mapping, FaultWorld.IovaAt(page));
}
