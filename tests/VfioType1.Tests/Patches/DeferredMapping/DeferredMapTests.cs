using Iopf.Kernel;
using Iopf.Mm;
using Iopf.VfioType1.Patches.DeferredMapping;
using Iopf.VfioType1.Tests.FaultHandling;
using Microsoft.Extensions.Options;
using Moq;

namespace Iopf.VfioType1.Tests.Patches.DeferredMapping;

/// <summary>With IOPF on a mapping is only noted; without, it is pinned as ever.</summary>
public sealed class DeferredMapTests
{
    private readonly FaultWorld _world = new();
    private readonly Mock<IAddressSpaceWatch> _watch = new();
    private readonly DeferredMap _policy;

    public DeferredMapTests()
    {
        RemotePinner pinner = new(_world.Memory);
        StaticPinMap staticMap = new(_world.Kernel, pinner, new PageRunMapper(_world.Kernel), Options.Create(new Type1Options()));
        _policy = new DeferredMap(_world.Kernel, staticMap, _watch.Object, new NoInvalidation(), new MappedPageRemover(_world.Kernel, _world.Memory));
        Assert.Equal(Errno.None, _world.Owner.Mm!.Mmap(UserRange.OfPages(FaultWorld.VaddrAt(0), 8), MemoryAccess.Read | MemoryAccess.Write));
    }

    [Fact]
    public void With_IOPF_on_the_owner_is_watched_and_nothing_is_pinned_or_entered()
    {
        _world.Container.IsIopfEnabled = true;
        DmaMapping mapping = Establish();

        Assert.True(mapping is { IsOnDemand: true, IsIommuMapped: false, Size: 8 * Page.Size });
        Assert.Equal((0, 0), (_world.Memory.TotalPins, _world.Domain.MappedIovas.Count));
        _watch.Verify(watch => watch.Watch(_world.Container, _world.Owner.Mm!), Times.Once);
    }

    [Fact]
    public void With_IOPF_off_everything_is_pinned_and_entered_and_nobody_is_watched()
    {
        DmaMapping mapping = Establish();

        Assert.True(mapping is { IsOnDemand: false, IsIommuMapped: true });
        Assert.Equal((8, 8), (_world.Memory.TotalPins, _world.Domain.MappedIovas.Count));
        _watch.VerifyNoOtherCalls();
    }

    [Fact]
    public void Memory_that_cannot_be_watched_is_not_mapped()
    {
        _world.Container.IsIopfEnabled = true;
        _watch.Setup(watch => watch.Watch(_world.Container, _world.Owner.Mm!)).Returns(Errno.ENOMEM);
        DmaMapping mapping = NewMapping();

        Assert.Equal(Errno.ENOMEM, _policy.Establish(_world.Container, mapping, 8 * Page.Size, _world.Owner));
        Assert.Equal(0UL, mapping.Size);
    }

    [Fact]
    public void Withdrawing_takes_out_what_faults_entered_and_watches_no_longer()
    {
        _world.Container.IsIopfEnabled = true;
        DmaMapping mapping = Establish();
        _world.MapPages(mapping, 2, 3);

        _policy.Withdraw(_world.Container, mapping, isRemoval: true);

        Assert.Empty(_world.Domain.MappedIovas);
        Assert.Equal(0UL, mapping.MappedPages.Count);
        _watch.Verify(watch => watch.Unwatch(_world.Container, _world.Owner.Mm!), Times.Once);
    }

    [Fact]
    public void A_new_vaddr_in_another_address_space_moves_the_watch_and_drops_what_was_entered()
    {
        _world.Container.IsIopfEnabled = true;
        DmaMapping mapping = Establish();
        _world.MapPages(mapping, 2, 3);
        Process other = new(_world.Kernel, _world.Memory, "other");

        Assert.Equal(Errno.None, _policy.Rebase(_world.Container, mapping, FaultWorld.VaddrAt(100), other));

        Assert.Empty(_world.Domain.MappedIovas);
        Assert.Equal(FaultWorld.VaddrAt(100), mapping.Vaddr);
        Assert.Same(other.Mm, mapping.Mm);
        _watch.Verify(watch => watch.Watch(_world.Container, other.Mm!), Times.Once);
        _watch.Verify(watch => watch.Unwatch(_world.Container, _world.Owner.Mm!), Times.Once);
    }

    private DmaMapping Establish()
    {
        DmaMapping mapping = NewMapping();
        using (_world.Container.Lock.Hold())
        {
            Assert.Equal(Errno.None, _policy.Establish(_world.Container, mapping, 8 * Page.Size, _world.Owner));
        }

        return mapping;
    }

    private DmaMapping NewMapping()
    {
        DmaMapping mapping = new(FaultWorld.IovaAt(0), FaultWorld.VaddrAt(0), FaultWorld.ReadWrite, _world.Owner, _world.Owner.Mm!, hasLockCap: true);
        _world.Container.Mappings.Add(mapping);
        return mapping;
    }
}
