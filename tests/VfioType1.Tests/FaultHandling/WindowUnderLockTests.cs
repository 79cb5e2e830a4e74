using Iopf.Iommu;
using Iopf.Kernel;
using Iopf.Testing;
using Moq;

namespace Iopf.VfioType1.Tests.FaultHandling;

public sealed class WindowUnderLockTests
{
    private readonly FaultWorld _world = new(ErrataSet.Of(Erratum.E23));
    private readonly FakePageSource _pages;

    public WindowUnderLockTests()
    {
        _pages = new FakePageSource(_world.Container) { IsUnderLock = true };
        _world.Register(Mock.Of<IDeviceFaultHandler>());
    }

    [Fact]
    public void A_write_replaces_the_entry_that_a_read_left()
    {
        DmaMapping mapping = _world.AddMapping(0, 4);

        Handle(FaultWorld.Request(0), new PinnedOrWholeScope());
        Handle(FaultWorld.Request(0, FaultPermissions.Write), new PinnedOrWholeScope());

        Assert.Equal(FaultWorld.ReadWrite, _world.Domain.ProtOf(FaultWorld.IovaAt(0)));
        Assert.All(_world.Domain.Responses, response => Assert.Equal(PageResponseCode.Success, response.Code));
        Assert.Equal((1UL, 0), (mapping.MappedPages.Count, _world.Domain.UnsyncedPages));
    }

    [Theory]
    [InlineData(FaultPermissions.Read, true, false)]
    [InlineData(FaultPermissions.Write, true, true)]
    [InlineData(FaultPermissions.Write, false, false)]
    public void A_page_that_a_fault_maps_writable_is_logged_where_the_log_wants_to_know(FaultPermissions access, bool logs, bool isDirty)
    {
        DmaMapping mapping = _world.AddMapping(0, 4);
        mapping.Dirty = new DirtyBitmap(4);
        Mock<IDirtyScope> dirty = new();
        dirty.Setup(port => port.LogsFaults(mapping)).Returns(logs);

        Handle(FaultWorld.Request(2, access), dirty.Object);

        Assert.Equal((true, isDirty), (mapping.MappedPages[2], mapping.Dirty[2]));
    }

    private void Handle(IommuFault request, IDirtyScope dirty)
    {
        Assert.Equal(Errno.None, _world.Report(in request));
        FaultHandlers.Create(_world, _pages, new WholeSpaceScope(), new SinglePageWindow(), new NoInvalidation(), dirty).Handle(_world.Device, new[] { request });
    }
}
