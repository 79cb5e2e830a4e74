using Iopf.Kernel;
using Iopf.Machine;
using Iopf.Mm;
using Iopf.Patches;
using Iopf.Vfio;

namespace Iopf.Tests.Patches;

/// <summary>The same scenario with and without patch 2.</summary>
public sealed class PageFaultHandlerPatchTests
{
    [Fact]
    public void A_first_access_is_served_with_the_patch_and_aborted_without()
    {
        using PatchedHost with = Ready(PatchSet.All);
        using PatchedHost without = Ready(PatchedHost.AllBut(2));

        Assert.Equal(DmaState.Completed, with.Write(0, 0x5a));
        Assert.Equal(DmaState.Aborted, without.Write(0, 0x5a));

        Assert.Equal(0x5a, with.Load(0));
        Assert.Equal(0, without.Load(0));
        Assert.True(with.IsMapped(0));
        Assert.False(without.IsMapped(0));
    }

    [Fact]
    public void Each_fault_is_answered_once_by_the_handler_and_by_nobody_without()
    {
        using PatchedHost with = Ready(PatchSet.All);
        using PatchedHost without = Ready(PatchedHost.AllBut(2));

        foreach (PatchedHost host in (PatchedHost[])[with, without])
        {
            host.Read(0);
            host.Read(1);
            host.Read(7);
        }

        Assert.Equal((3, 2, 1), (with.Tally.PageRequests, with.Tally.ResponsesSuccess, with.Tally.ResponsesInvalid));
        Assert.Equal((3, 0, 0), (without.Tally.PageRequests, without.Tally.ResponsesSuccess, without.Tally.ResponsesInvalid));
    }

    [Fact]
    public void A_page_that_swapping_took_away_comes_back_with_the_patch_only()
    {
        using PatchedHost with = Ready(PatchSet.All).Store(0, 0x77);
        using PatchedHost without = Ready(PatchedHost.AllBut(2)).Store(0, 0x77);
        Assert.Equal(Errno.None, with.Mm.SwapOut(PatchedHost.At(0)));
        Assert.Equal(Errno.None, without.Mm.SwapOut(PatchedHost.At(0)));

        Assert.Equal(DmaState.Completed, with.Read(0, out byte read));
        Assert.Equal(DmaState.Aborted, without.Read(0));

        Assert.Equal(0x77, read);
        Assert.True(with.Mm.IsResident(PatchedHost.At(0)));
        Assert.False(without.Mm.IsResident(PatchedHost.At(0)));
    }

    [Fact]
    public void A_write_to_a_mapping_for_reading_is_refused_although_memory_could_be_written()
    {
        using PatchedHost host = new PatchedHost(PatchSet.All).Mmap(2);
        Assert.Equal(Errno.None, host.EnableIopf());
        Assert.Equal(Errno.None, host.MapDma(0, 1, VfioMapDmaBits.Read));

        Assert.Equal(DmaState.Aborted, host.Write(0, 1));
        Assert.Equal(DmaState.Completed, host.Read(0));

        Assert.Equal(0, host.Load(0));
        Assert.Equal((1, 1), (host.Tally.ResponsesSuccess, host.Tally.ResponsesInvalid));
    }

    [Fact]
    public void Memory_that_may_not_be_written_is_not_written_through_a_mapping_that_allows_it()
    {
        using PatchedHost host = new PatchedHost(PatchSet.All).Mmap(2, MemoryAccess.Read);
        Assert.Equal(Errno.None, host.EnableIopf());
        Assert.Equal(Errno.None, host.MapDma(0, 2));

        Assert.Equal(DmaState.Completed, host.Read(0));
        Assert.Equal(DmaState.Aborted, host.Write(0, 1));
    }

    [Fact]
    public void A_page_mapped_by_a_read_fault_faults_once_more_for_the_first_write()
    {
        using PatchedHost host = Ready(PatchSet.All);

        Assert.Equal(DmaState.Completed, host.Read(0));
        Assert.Equal(DmaState.Completed, host.Write(0, 0x11));
        Assert.Equal(DmaState.Completed, host.Write(0, 0x22));

        Assert.Equal(2, host.Tally.PageRequests);
        Assert.Equal(0x22, host.Load(0));
    }

    [Fact]
    public void Static_mapping_needs_no_handler()
    {
        using PatchedHost with = new PatchedHost(PatchSet.All).Mmap(2);
        using PatchedHost without = new PatchedHost(PatchedHost.AllBut(2)).Mmap(2);

        foreach (PatchedHost host in (PatchedHost[])[with, without])
        {
            Assert.Equal(Errno.None, host.MapDma(0, 2));
            Assert.Equal(DmaState.Completed, host.Write(0, 0x33));
            Assert.Equal(0, host.Tally.FaultsReported);
            Assert.Equal(2, host.Host.LockedVm);
        }
    }

    private static PatchedHost Ready(PatchSet patches)
    {
        PatchedHost host = new PatchedHost(patches).Mmap(4);
        Assert.Equal(Errno.None, host.EnableIopf());
        Assert.Equal(Errno.None, host.MapDma(0, 4));
        return host;
    }
}
