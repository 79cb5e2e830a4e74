using Iopf.Iommu;
using Iopf.Kernel;
using Iopf.VfioType1.Patches.SelectiveFaulting;
using Iopf.VfioType1.Tests.FaultHandling;
using Moq;

namespace Iopf.VfioType1.Tests.Patches.SelectiveFaulting;

/// <summary>What the scopes ask of their neighbours.</summary>
public sealed class PinnedScopesPortsTests
{
    private static readonly Pfn Frame = new(0x4321);
    private readonly FaultWorld _world = new();
    private readonly Mock<IFaultingGroups> _linked = new();
    private readonly Mock<IPartialUnmapper> _unmapper = new();
    private readonly Mock<IDomainsMapper> _mapper = new();
    private readonly DmaMapping _mapping;

    public PinnedScopesPortsTests() => _mapping = _world.AddMapping(0, 16);

    private IommuGroup Group => _world.Group.IommuGroup;

    private static IovaRange Page5 => IovaRange.OfPages(FaultWorld.IovaAt(5), 1);

    [Fact]
    public void A_pin_takes_out_what_a_fault_entered_and_then_maps_the_pinned_frame_everywhere()
    {
        MockSequence order = new();
        _unmapper.InSequence(order).Setup(port => port.Remove(_world.Container, _mapping, Page5)).Returns(1UL);
        _mapper.InSequence(order).Setup(port => port.MapEverywhere(_world.Container, Page5.First, Frame, 1, _mapping.Prot)).Returns(Errno.None);

        Assert.Equal(Errno.None, Scopes().Pinned(_world.Container, Group, _mapping, Page5.First, Frame));

        _unmapper.VerifyAll();
        _mapper.VerifyAll();
        Assert.True(_mapping.HeldPages[5]);
    }

    [Fact]
    public void A_pin_that_no_domain_can_hold_is_not_noted()
    {
        _mapper.Setup(port => port.MapEverywhere(_world.Container, Page5.First, Frame, 1, _mapping.Prot)).Returns(Errno.ENOMEM);
        PinnedScopes scopes = Scopes();

        Assert.Equal(Errno.ENOMEM, scopes.Pinned(_world.Container, Group, _mapping, Page5.First, Frame));

        Assert.False(_mapping.HeldPages[5]);
        Assert.Equal(IovaRange.All, scopes.ScopeOf(_world.Group, Page5.First));
    }

    [Theory]
    [InlineData(true, Errno.None)]
    [InlineData(false, Errno.EINVAL)]
    public void With_IOPF_on_only_a_group_whose_faults_are_served_may_pin(bool isLinked, Errno answer)
    {
        _world.Container.IsIopfEnabled = true;
        _linked.Setup(port => port.IsLinked(Group)).Returns(isLinked);

        Assert.Equal(answer, Scopes().Begin(_world.Container, Group));
    }

    private PinnedScopes Scopes() => new(_linked.Object, new NoInvalidation(), _unmapper.Object, _mapper.Object);
}
