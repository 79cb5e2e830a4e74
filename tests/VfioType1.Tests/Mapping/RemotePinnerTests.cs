using Iopf.Iommu;
using Iopf.Kernel;
using Iopf.Mm;
using Iopf.VfioType1.Tests.FaultHandling;

namespace Iopf.VfioType1.Tests.Mapping;

/// <summary>Pages pinned one by one, and which of them count: reserved ones do not.</summary>
public sealed class RemotePinnerTests
{
    private const int Pages = 8;
    private readonly FaultWorld _world = new();
    private readonly RemotePinner _pinner;
    private readonly Pfn[] _frames = new Pfn[Pages];

    public RemotePinnerTests()
    {
        _pinner = new RemotePinner(_world.Memory);
        Mm.Mmap(UserRange.OfPages(FaultWorld.VaddrAt(0), Pages), MemoryAccess.Read | MemoryAccess.Write);
    }

    private AddressSpace Mm => _world.Owner.Mm!;

    [Theory]
    [InlineData(4, 8)]
    [InlineData(3, 6)]
    [InlineData(1, 2)]
    public void Pages_beyond_the_limit_are_given_back_from_the_end_and_the_zero_page_is_never_counted(int limit, int expected)
    {
        // Pages 1, 3, 5 and 7 are the process's own, the others are read from the zero page.
        Touch(1, 3, 5, 7);
        _world.Owner.MemlockLimitBytes = (ulong)limit << Page.Shift;
        DmaMapping mapping = _world.AddMapping(0, Pages, IommuProt.Read);

        Assert.Equal(expected + (expected < Pages ? 1 : 0), _pinner.Pin(mapping.Owner, FaultWorld.VaddrAt(0), IommuProt.Read, _frames).Value);

        Assert.Equal((limit, limit), (Mm.LockedVm, _world.Memory.TotalPins));
    }

    [Fact]
    public void Nothing_but_the_zero_page_fits_any_limit()
    {
        _world.Owner.MemlockLimitBytes = 0;
        DmaMapping mapping = _world.AddMapping(0, Pages, IommuProt.Read);

        Assert.Equal(Pages, _pinner.Pin(mapping.Owner, FaultWorld.VaddrAt(0), IommuProt.Read, _frames).Value);
        Assert.Equal((0, 0), (Mm.LockedVm, _world.Memory.TotalPins));
        _pinner.Unpin(mapping.Owner, _frames, accounted: true);
        Assert.Equal(0, Mm.LockedVm);
    }

    [Fact]
    public void The_first_page_of_its_own_beyond_the_limit_is_ENOMEM()
    {
        _world.Owner.MemlockLimitBytes = 0;
        Touch(0);
        DmaMapping mapping = _world.AddMapping(0, Pages, IommuProt.Read);

        Assert.Equal(Errno.ENOMEM, _pinner.Pin(mapping.Owner, FaultWorld.VaddrAt(0), IommuProt.Read, _frames.AsSpan(0, 1)).Error);
        Assert.Equal((0, 0), (Mm.LockedVm, _world.Memory.TotalPins));
    }

    [Theory]
    [InlineData(IommuProt.Read)]
    [InlineData(IommuProt.Write)]
    [InlineData(FaultWorld.ReadWrite)]
    public void A_page_is_dirty_when_it_is_unpinned_if_the_device_could_write_it(IommuProt prot)
    {
        Touch(0);
        DmaMapping mapping = _world.AddMapping(0, Pages, prot);
        _pinner.Pin(mapping.Owner, FaultWorld.VaddrAt(0), prot, _frames.AsSpan(0, 1));
        Assert.False(_world.Memory.IsDirty(_frames[0]));

        _pinner.Unpin(mapping.Owner, _frames.AsSpan(0, 1), accounted: true);

        Assert.Equal((prot & IommuProt.Write) != 0, _world.Memory.IsDirty(_frames[0]));
        Assert.Equal((0, 0), (Mm.LockedVm, _world.Memory.TotalPins));
    }

    [Fact]
    public void A_run_ends_where_the_frames_are_not_adjacent_and_where_reserved_ones_begin()
    {
        for (int page = Pages; page-- > 4;)
        {
            Touch(page);
        }

        for (int page = 0; page < 2; page++)
        {
            Touch(page);
        }

        DmaMapping mapping = _world.AddMapping(0, Pages, IommuProt.Read);

        Assert.Equal([2, 1, 1, 1, 1, 1, 1], Runs(mapping));
        Assert.Equal(6, _world.Memory.TotalPins);
    }

    private List<long> Runs(DmaMapping mapping)
    {
        List<long> runs = [];
        for (long at = 0; at < Pages; at += runs[^1])
        {
            PinnedRun run = _pinner.PinRun(_world.Container, mapping, FaultWorld.IovaAt((ulong)at), (ulong)(Pages - at)).Value;
            runs.Add(run.PageCount);
        }

        return runs;
    }

    private void Touch(params int[] pages)
    {
        foreach (int page in pages)
        {
            Assert.Equal(Errno.None, Mm.Write(FaultWorld.VaddrAt((ulong)page), new byte[] { 1 }));
        }
    }
}
