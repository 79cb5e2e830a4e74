using Iopf.Machine;
using Iopf.Patches;

namespace Iopf.Tests.Patches;

/// <summary>The same scenario with and without patch 4.</summary>
public sealed class PremapPatchTests
{
    [Fact]
    public void Sixteen_pages_read_in_order_fault_four_times_with_the_patch_and_sixteen_times_without()
    {
        Assert.Equal(4, FaultsOfReadingInOrder(PatchSet.All));
        Assert.Equal(16, FaultsOfReadingInOrder(PatchedHost.AllBut(4)));
    }

    [Fact]
    public void One_fault_maps_the_window_behind_it_with_the_patch_and_its_own_page_without()
    {
        Assert.Equal([1, 2, 3, 4], MappedAfterReadingPageOne(PatchSet.All));
        Assert.Equal([1], MappedAfterReadingPageOne(PatchedHost.AllBut(4)));
    }

    [Fact]
    public void A_window_of_one_page_behaves_as_if_the_patch_were_absent()
    {
        Assert.Equal(16, FaultsOfReadingInOrder(PatchSet.All, premap: 1));
    }

    [Fact]
    public void Pages_the_device_never_asked_for_are_taken_away_with_those_it_did()
    {
        using PatchedHost host = Ready(PatchSet.All, premap: 4);
        host.Read(0);

        host.Mm.Munmap(PatchedHost.Pages(2, 1));

        Assert.Equal([0, 1, 3], MappedPages(host));
        Assert.Equal(1, host.Tally.PagesInvalidated);
    }

    [Fact]
    public void A_hole_in_the_memory_behind_the_window_ends_it_and_the_faulting_access_succeeds()
    {
        using PatchedHost host = Ready(PatchSet.All, premap: 4);
        host.Mm.Munmap(PatchedHost.Pages(2, 1));

        Assert.Equal(DmaState.Completed, host.Read(0));

        Assert.Equal([0, 1], MappedPages(host));
        Assert.Equal(1, host.Tally.ResponsesSuccess);
    }

    private static long FaultsOfReadingInOrder(PatchSet patches, int premap = 4)
    {
        using PatchedHost host = Ready(patches, premap);
        for (ulong page = 0; page < 16; page++)
        {
            Assert.Equal(DmaState.Completed, host.Read(page));
        }

        return host.Tally.PageRequests;
    }

    private static List<int> MappedAfterReadingPageOne(PatchSet patches)
    {
        using PatchedHost host = Ready(patches, premap: 4);
        Assert.Equal(DmaState.Completed, host.Read(1));
        return MappedPages(host);
    }

    private static List<int> MappedPages(PatchedHost host) => [.. Enumerable.Range(0, 16).Where(page => host.IsMapped((ulong)page))];

    private static PatchedHost Ready(PatchSet patches, int premap)
    {
        PatchedHost host = new PatchedHost(patches, premap).Mmap(16);
        Assert.Equal(Kernel.Errno.None, host.EnableIopf());
        Assert.Equal(Kernel.Errno.None, host.MapDma(0, 16));
        return host;
    }
}
