using Iopf.SpeedKit;

namespace Iopf.Speed.Tests;

/// <summary>The hot path allocates nothing once its buffers have grown.</summary>
public sealed class AllocationTests
{
    private const int Operations = 1000;
    private const int Rounds = 4;
    private const int TlbEntries = 4096;

    [Fact]
    public void A_DMA_with_a_TLB_hit_allocates_nothing()
    {
        using AssignedDevice device = new(pages: 1, premap: 0);
        device.Map();

        long bytes = AllocatedBy(() =>
        {
            for (int i = 0; i < Operations; i++)
            {
                device.Read(0);
                device.Write(0);
            }
        });

        Assert.Equal(0, bytes);
    }

    [Fact]
    public void A_translation_walk_allocates_nothing()
    {
        const int Pages = 4 * TlbEntries;
        using AssignedDevice device = new(Pages, premap: 1);
        device.Map();

        // Entered one by one, so that there are no block entries. In this order each page has left the TLB before its turn comes again.
        long bytes = AllocatedBy(() =>
        {
            for (int page = 0; page < Pages; page++)
            {
                device.Read(page);
            }
        });

        Assert.Equal(0, bytes);
    }

    [Theory]
    [InlineData(Stages.One)]
    [InlineData(Stages.Two)]
    [InlineData(Stages.Nested)]
    public void A_walk_of_any_stages_allocates_nothing(Stages stages)
    {
        int[] order = Orders.Shuffled(2 * TlbEntries);
        TranslatingSmmu smmu = new(stages, order, Watched.Off);

        Assert.Equal(0, AllocatedBy(() => smmu.Walk(order)));
    }

    [Fact]
    public void A_terminated_fault_and_its_record_allocate_nothing()
    {
        TranslatingSmmu smmu = new(Stages.One, Orders.Shuffled(16), Watched.Off);

        Assert.Equal(0, AllocatedBy(() => smmu.Fault(Operations)));
    }

    [Fact]
    public void A_fault_whose_steps_somebody_follows_allocates_nothing_as_long_as_nobody_reads_their_texts()
    {
        using AssignedDevice device = new(Operations, premap: 1, Watched.Trace);
        device.Map();

        long bytes = AllocatedBy(() =>
        {
            for (int page = 0; page < Operations; page++)
            {
                device.Write(page);
            }

            device.DropPages();
        });

        Assert.Equal(0, bytes);
    }

    [Fact]
    public void An_SVA_fault_allocates_nothing()
    {
        const int Pages = 1024;
        using SharedDevice device = new(Pages, Watched.Off);

        long bytes = AllocatedBy(() =>
        {
            for (int page = 0; page < Pages; page++)
            {
                device.Write(page);
            }

            device.DropPages();
        });

        Assert.Equal(0, bytes);
    }

    [Theory]
    [InlineData(1, 1024)]
    [InlineData(512, 512 * 64)]
    public void A_fault_from_the_stall_to_the_retry_allocates_nothing(int premap, int pages)
    {
        using AssignedDevice device = new(pages, premap);
        device.Map();
        TouchAll(device, premap, pages);
        device.DropPages();
        TouchAll(device, premap, pages);
        device.DropPages();
        long faults = device.Faults;

        // The steady state is the smallest of a few rounds: a buffer may still grow in one, and the runtime may compile in another.
        long bytes = long.MaxValue;
        for (int round = 0; round < Rounds; round++)
        {
            bytes = Math.Min(bytes, AllocatedBy(() => TouchAll(device, premap, pages), warmUp: false));
            device.DropPages();
        }

        Assert.Equal(0, bytes);
        Assert.Equal(Rounds * pages / premap, device.Faults - faults);
    }

    [Fact]
    public void Taking_pages_away_from_a_device_allocates_nothing()
    {
        const int Pages = 512;
        using AssignedDevice device = new(Pages, premap: Pages);
        device.Map();

        long bytes = AllocatedBy(() =>
        {
            for (int i = 0; i < 20; i++)
            {
                device.Write(0);
                device.DropPages();
            }
        });

        Assert.Equal(0, bytes);
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(512, 0)]
    [InlineData(1, 1)]
    [InlineData(512, 1)]
    public void Mapping_and_unmapping_allocates_nothing(int pages, int premap)
    {
        using AssignedDevice device = new(pages, premap);

        long bytes = AllocatedBy(() =>
        {
            for (int i = 0; i < Operations; i++)
            {
                device.Map();
                device.Unmap();
            }
        });

        Assert.Equal(0, bytes);
    }

    private static void TouchAll(AssignedDevice device, int step, int pages)
    {
        for (int page = 0; page < pages; page += step)
        {
            device.Write(page);
        }
    }

    private static long AllocatedBy(Action operations, bool warmUp = true)
    {
        if (warmUp)
        {
            operations();
            operations();
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        operations();
        long bytes = GC.GetAllocatedBytesForCurrentThread() - before;
        return warmUp && bytes > 0 ? AllocatedAgain(operations) : bytes;
    }

    private static long AllocatedAgain(Action operations)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        operations();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
