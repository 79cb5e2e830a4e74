using Iopf.Iommu;
using Iopf.Kernel;
using Iopf.Machine;
using Iopf.Mm;
using Iopf.Patches;
using Iopf.Vfio;

namespace Iopf.Tests.Patches;

/// <summary>The same scenario with and without patch 7.</summary>
public sealed class SelectiveFaultingPatchTests
{
    [Fact]
    public void A_pinned_page_never_faults_with_the_patch_and_faults_at_first_touch_without()
    {
        using PatchedHost with = Pinned(PatchSet.All, page: 2);
        using PatchedHost without = Pinned(PatchedHost.AllBut(7), page: 2);

        Assert.True(with.IsMapped(2));
        Assert.False(without.IsMapped(2));
        Assert.Equal(DmaState.Completed, with.Write(2, 1));
        Assert.Equal(DmaState.Completed, without.Write(2, 1));
        Assert.Equal((0, 1), (with.Tally.FaultsReported, without.Tally.FaultsReported));
    }

    [Fact]
    public void Pages_beside_the_pinned_one_fault_with_and_without_the_patch()
    {
        foreach (PatchSet patches in new[] { PatchSet.All, PatchedHost.AllBut(7) })
        {
            using PatchedHost host = Pinned(patches, page: 2);

            Assert.Equal(DmaState.Completed, host.Write(3, 1));

            Assert.Equal(1, host.Tally.FaultsReported);
        }
    }

    [Fact]
    public void A_window_stops_before_the_pinned_page_with_the_patch()
    {
        using PatchedHost host = Pinned(PatchSet.All, page: 2, premap: 8);

        host.Read(0);

        Assert.Equal([0, 1, 2], Enumerable.Range(0, 8).Where(page => host.IsMapped((ulong)page)));
    }

    [Fact]
    public void A_pinned_page_stays_entered_while_its_memory_is_unmapped_and_goes_with_the_pin()
    {
        using PatchedHost host = Pinned(PatchSet.All, page: 2);
        host.Mm.Munmap(PatchedHost.Pages(2, 1));

        Assert.True(host.IsMapped(2));
        Assert.Equal(1, host.Host.VendorDrivers.UnpinPages(host.Host.Devices["nic0"].Device, [PatchedHost.IovaAt(2).PageNumber]).Value);

        Assert.False(host.IsMapped(2));
        Assert.Equal(0, host.Host.Memory.TotalPins);
    }

    [Fact]
    public void A_page_that_a_fault_entered_before_is_held_from_the_pin_on()
    {
        using PatchedHost host = Ready(PatchSet.All, premap: 1);
        host.Read(2);
        Pin(host, 2);

        host.Mm.Madvise(PatchedHost.Pages(2, 1), MemoryAdvice.DontNeed);

        Assert.True(host.IsMapped(2));
    }

    private static PatchedHost Ready(PatchSet patches, int premap)
    {
        PatchedHost host = new PatchedHost(patches, premap).Mmap(8);
        host.EnableIopf();
        Assert.Equal(Errno.None, host.MapDma(0, 8));
        return host;
    }

    private static PatchedHost Pinned(PatchSet patches, ulong page, int premap = 1)
    {
        PatchedHost host = Ready(patches, premap);
        Pin(host, page);
        return host;
    }

    private static void Pin(PatchedHost host, ulong page)
    {
        Device nic = host.Host.Devices["nic0"].Device;
        host.Host.VendorDrivers.RegisterNotifier(nic, new Silent(), VfioNotifierEvents.DmaUnmap);
        Assert.Equal(
            1, host.Host.VendorDrivers.PinPages(nic, [PatchedHost.IovaAt(page).PageNumber], IommuProt.Read | IommuProt.Write, new ulong[1]).Value);
    }

    private sealed class Silent : IVfioDmaUnmapNotifier
    {
        public void DmaUnmapped(Iova iova, ulong size)
        {
            // No test unmaps what is pinned.
        }
    }
}
