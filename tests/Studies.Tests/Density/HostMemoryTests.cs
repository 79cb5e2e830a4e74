using Iopf.Density;
using Iopf.Kernel;

namespace Iopf.Studies.Tests.Density;

public sealed class HostMemoryTests
{
    private const ushort All = ushort.MaxValue;

    private readonly DensityOptions _options = new();
    private readonly CostOptions _costs = new();

    [Fact]
    public void Reclaim_takes_what_was_used_least_recently_and_nothing_that_is_pinned()
    {
        HostMemory memory = new(3 * Chunk.Pages, _options, _costs);
        int first = memory.Describe(5);
        memory.Obtain(first, All, now: 0);
        memory.Pin(first, All);
        memory.Obtain(first + 1, All, now: 0);
        memory.Obtain(first + 2, All, now: 0);
        memory.Touch(first + 1);

        memory.Obtain(first + 3, All, now: 0);

        Assert.Equal([All, All, (ushort)0, All], Enumerable.Range(first, 4).Select(chunk => memory[chunk].Resident));
        Assert.Equal(All, memory[first + 2].Swapped);
    }

    [Fact]
    public void A_pinned_page_does_not_keep_its_neighbours_from_being_reclaimed()
    {
        HostMemory memory = new(Chunk.Pages + 1, _options, _costs);
        int first = memory.Describe(2);
        memory.Obtain(first, All, now: 0);
        memory.Map(first, 0x0003);
        memory.Pin(first, 0x0001);

        memory.Obtain(first + 1, All, now: 0);
        memory.Unpin(first, 0x0001);
        memory.Obtain(first + 1, All, now: 0);

        Assert.Equal((0x0001, All & ~0x0001, 0x0001, 0x0002), (memory[first].Resident, memory[first].Swapped, memory[first].Mapped, memory[first].Lost));
        Assert.Equal((17L, 0L, 15L), (memory.Resident, memory.Pinned, memory.Swapped));
    }

    [Fact]
    public void Reclaim_takes_pages_out_of_the_IOMMU_first_and_reads_them_back_together()
    {
        HostMemory memory = new(Chunk.Pages, _options, _costs);
        int first = memory.Describe(2);
        memory.Obtain(first, All, now: 0);
        memory.Map(first, 0x00ff);

        long reclaim = memory.Obtain(first + 1, 1, now: 0);
        memory.Obtain(first, 1, now: 1_000_000_000);

        Assert.Equal(_options.InvalidateNanoseconds + (16L * _options.ReclaimPageNanoseconds) + (_costs.PremappedPageNanoseconds * 65 / 100), reclaim);
        Assert.Equal((0x00ff, All, (ushort)0), (memory[first].Lost, memory[first].Resident, memory[first].Mapped));
        Assert.Equal((8L, 8L, 16L), (memory.Counts.Mapped, memory.Counts.Unmapped, memory.Counts.SwappedIn));
    }

    [Fact]
    public void Transfers_of_the_swap_device_follow_each_other()
    {
        SwapDevice swap = new(new DensityOptions { SwapMebibytesPerSecond = 4_096, SwapLatencyNanoseconds = 100 });

        long alone = swap.Read(now: 0, pages: 16);
        swap.Write(now: 0, pages: 16);
        long behind = swap.Read(now: 0, pages: 16);

        Assert.Equal((alone - 100) * 3, behind - 100);
    }

    [Fact]
    public void An_event_thread_that_is_awake_is_not_woken_up()
    {
        EventThread thread = new(_options, _costs);

        long first = thread.Serve(now: 0, _ => 1_600);
        long second = thread.Serve(now: 0, _ => 1_600);

        Assert.Equal(10_100, first);
        Assert.Equal(10_100 + 1_700, second);
        Assert.Equal(2 * 1_700, thread.BusyNanoseconds);
    }
}
