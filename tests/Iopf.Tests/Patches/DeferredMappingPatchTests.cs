using Iopf.Kernel;
using Iopf.Machine;
using Iopf.Patches;
using Iopf.Vfio;

namespace Iopf.Tests.Patches;

/// <summary>The same scenario with and without patch 6.</summary>
public sealed class DeferredMappingPatchTests
{
    [Fact]
    public void MAP_DMA_only_notes_the_mapping_with_the_patch_and_pins_all_of_it_without()
    {
        using PatchedHost with = Mapped(PatchSet.All);
        using PatchedHost without = Mapped(PatchedHost.AllBut(6));

        Assert.Equal((0, 0), (with.Tally.PagesMapped, with.Mm.LockedVm));
        Assert.Equal(8, without.Mm.LockedVm);
        Assert.True(without.IsMapped(7));
    }

    [Fact]
    public void A_limit_of_locked_memory_stops_a_mapping_only_without_the_patch()
    {
        using PatchedHost with = Ready(PatchSet.All);
        using PatchedHost without = Ready(PatchedHost.AllBut(6));
        with.Vmm.MemlockLimitBytes = without.Vmm.MemlockLimitBytes = 2 * Page.Size;

        Assert.Equal(Errno.None, with.MapDma(0, 8));
        Assert.Equal(Errno.ENOMEM, without.MapDma(0, 8));
        Assert.Equal(DmaState.Completed, with.Write(5, 1));
        Assert.Equal(DmaState.Aborted, without.Write(5, 1));
    }

    [Fact]
    public void Unmapping_takes_out_what_faults_entered_and_leaves_the_rest_alone()
    {
        using PatchedHost host = Mapped(PatchSet.All);
        host.Write(1, 1);
        host.Write(6, 1);

        Assert.Equal(Errno.None, host.UnmapDma(0, 8));

        Assert.Equal((2, 2), (host.Tally.PagesMapped, host.Tally.PagesUnmapped));
        Assert.Equal(DmaState.Aborted, host.Write(1, 1));
    }

    [Fact]
    public void A_new_vaddr_takes_away_what_the_old_one_backed()
    {
        using PatchedHost host = Mapped(PatchSet.All);
        host.Write(1, 1);
        Assert.Equal(Errno.None, host.Mm.Mmap(PatchedHost.Pages(100, 8), Mm.MemoryAccess.Read | Mm.MemoryAccess.Write));
        HandBack(host);

        Assert.Equal(Errno.None, NewVaddr(host, PatchedHost.At(100)));

        Assert.False(host.IsMapped(1));
        Assert.Equal(DmaState.Completed, host.Write(1, 0x77));
        Assert.Equal(0x77, host.Load(101));
        Assert.Equal(1, host.Load(1));
    }

    private static PatchedHost Ready(PatchSet patches)
    {
        PatchedHost host = new PatchedHost(patches).Mmap(8);
        Assert.Equal(Errno.None, host.EnableIopf());
        return host;
    }

    private static PatchedHost Mapped(PatchSet patches)
    {
        PatchedHost host = Ready(patches);
        Assert.Equal(Errno.None, host.MapDma(0, 8));
        return host;
    }

    private static void HandBack(PatchedHost host)
    {
        byte[] unmap = new byte[VfioUnmapDma.Size];
        new VfioUnmapDma(VfioUnmapDma.Size, VfioUnmapDmaBits.Vaddr, PatchedHost.Iova, 8 * Page.Size).Write(unmap);
        Assert.True(host.Container.Ioctl(host.Vmm, VfioIoctl.IommuUnmapDma, new UserArgument(unmap, [])).IsSuccess);
    }

    private static Errno NewVaddr(PatchedHost host, UserAddress vaddr)
    {
        byte[] map = new byte[VfioMapDma.Size];
        new VfioMapDma(VfioMapDma.Size, VfioMapDmaBits.Vaddr, vaddr.Value, PatchedHost.Iova, 8 * Page.Size).Write(map);
        return host.Container.Ioctl(host.Vmm, VfioIoctl.IommuMapDma, new UserArgument(map, [])).Error;
    }
}
