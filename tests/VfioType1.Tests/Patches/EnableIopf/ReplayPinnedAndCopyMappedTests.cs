using Iopf.Iommu;
using Iopf.Kernel;
using Iopf.Testing;
using Iopf.VfioType1.Patches.EnableIopf;
using Iopf.VfioType1.Tests.FaultHandling;
using Moq;

namespace Iopf.VfioType1.Tests.Patches.EnableIopf;

public sealed class ReplayPinnedAndCopyMappedTests
{
    private readonly FaultWorld _world = new();
    private readonly Mock<IInvalidationGuard> _invalidations = new();
    private readonly FakeIommuDomain _added;
    private readonly ReplayPinnedAndCopyMapped _replay;

    public ReplayPinnedAndCopyMappedTests()
    {
        _added = new FakeIommuDomain(_world.Kernel);
        _replay = new ReplayPinnedAndCopyMapped(
            new ReplayEveryMapping(_world.Kernel, new RemotePinner(_world.Memory), _invalidations.Object), _invalidations.Object);
    }

    [Fact]
    public void A_new_domain_gets_the_pages_that_faults_entered_with_the_access_they_have()
    {
        DmaMapping first = _world.AddMapping(0, 8);
        DmaMapping second = _world.AddMapping(16, 8);
        _world.AddMapping(32, 8);
        _world.MapPages(first, 1, 2);
        _world.MapPages(first, 7, 1, IommuProt.Read);
        _world.MapPages(second, 16, 1);

        Assert.Equal(Errno.None, Replay());

        Assert.Equal([1, 2, 7, 16], FaultWorld.PagesIn(_added));
        Assert.Equal(FaultWorld.ReadWrite | IommuProt.Cache, _added.ProtOf(FaultWorld.IovaAt(2)));
        Assert.Equal(IommuProt.Read | IommuProt.Cache, _added.ProtOf(FaultWorld.IovaAt(7)));
        Assert.Equal(_world.Domain.IovaToPhysical(FaultWorld.IovaAt(16)), _added.IovaToPhysical(FaultWorld.IovaAt(16)));
    }

    [Theory]
    [InlineData(1ul)]
    [InlineData(2ul)]
    [InlineData(7ul)]
    [InlineData(16ul)]
    public void A_new_domain_that_cannot_take_one_of_the_pages_is_left_empty_and_the_others_as_they_were(ulong page)
    {
        DmaMapping first = _world.AddMapping(0, 8);
        DmaMapping second = _world.AddMapping(16, 8);
        _world.MapPages(first, 1, 2);
        _world.MapPages(first, 7, 1);
        _world.MapPages(second, 16, 1);
        _added.MapFailsAt = FaultWorld.IovaAt(page);

        Assert.Equal(Errno.ENOMEM, Replay());

        Assert.DoesNotContain(_world.Container.Domains, domain => domain.Domain == _added);
        Assert.Empty(_added.MappedIovas);
        Assert.Equal([1, 2, 7, 16], FaultWorld.PagesIn(_world.Domain));
        Assert.Equal((3, 1), ((int)first.MappedPages.Count, (int)second.MappedPages.Count));
    }

    [Fact]
    public void The_first_domain_of_a_container_has_nothing_to_copy()
    {
        _world.AddMapping(0, 8);
        _world.Container.Domains.Clear();

        Assert.Equal(Errno.None, Replay());

        Assert.Empty(_added.MappedIovas);
        Assert.Same(_added, Assert.Single(_world.Container.Domains).Domain);
    }

    [Fact]
    public void A_closed_container_whose_vaddr_is_invalid_copies_nothing()
    {
        DmaMapping mapping = _world.AddMapping(0, 8);
        _world.MapPages(mapping, 1, 2);
        mapping.IsVaddrInvalid = true;
        _world.Container.VaddrInvalidCount = 1;
        _world.Container.IsOpen = false;

        Assert.Equal(Errno.EFAULT, Replay());

        Assert.Empty(_added.MappedIovas);
    }

    private Errno Replay()
    {
        using (_world.Container.Lock.Hold())
        {
            return _replay.Replay(_world.Container, new Type1Domain(_added, IommuProt.Cache), _world.Owner);
        }
    }
}
