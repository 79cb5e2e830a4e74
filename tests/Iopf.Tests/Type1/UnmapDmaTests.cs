using Iopf.Kernel;
using Iopf.Machine;
using Iopf.Vfio;

namespace Iopf.Tests.Type1;

/// <summary>UNMAP_DMA without patches: baseline.md 7.5.</summary>
public sealed class UnmapDmaTests
{
    [Fact, Trait("Fact", "T132")]
    public void Unmapping_exactly_one_mapping_gives_everything_back()
    {
        using Type1Bench bench = new();
        bench.Map(0x10_0000, 4);
        Assert.Equal((4, 65_534), (bench.LockedVm, bench.State.MappingsAvailable));

        Assert.Equal("0 0x4000", bench.Unmap(0x10_0000, 0x4000));

        Assert.Equal((0, 65_535), (bench.LockedVm, bench.State.MappingsAvailable));
    }

    [Fact, Trait("Fact", "T133")]
    public void Unmapping_half_of_a_mapping_of_a_v2_container_is_EINVAL_and_leaves_it()
    {
        using Type1Bench bench = new();
        bench.Map(0x10_0000, 4);

        Assert.Equal("EINVAL", bench.Unmap(0x10_0000, 0x2000));

        Assert.Equal(4, bench.LockedVm);
        Assert.Equal(DmaState.Completed, bench.Write("nic0", 0x10_0000));
    }

    [Fact, Trait("Fact", "T134")]
    public void Unmapping_two_mappings_and_the_hole_between_them_sums_their_sizes()
    {
        using Type1Bench bench = new();
        bench.Map(0x10_0000, 2);
        bench.Map(0x10_8000, 3);

        Assert.Equal("0 0x5000", bench.Unmap(0x10_0000, 0x1_0000));
    }

    [Fact, Trait("Fact", "T135")]
    public void Unmapping_where_nothing_is_mapped_succeeds_with_size_0()
    {
        using Type1Bench bench = new();

        Assert.Equal("0 0x0", bench.Unmap(0x10_0000, 0x1000));
    }

    [Fact, Trait("Fact", "T136")]
    public void A_v1_container_unmaps_whole_mappings_from_their_first_page_and_nothing_from_inside()
    {
        using Type1Bench bench = new(VfioExtension.Type1);
        bench.Map(0x10_0000, 4);

        Assert.Equal("0 0x0", bench.Unmap(0x10_1000, 0x1000));
        Assert.Equal("0 0x4000", bench.Unmap(0x10_0000, 0x1000));
        Assert.Equal(0, bench.LockedVm);
    }

    [Fact, Trait("Fact", "T137")]
    public void Unmapping_all_takes_no_range()
    {
        using Type1Bench bench = new();
        bench.Map(0x10_0000, 4);
        bench.Map(0x20_0000, 1);

        Assert.Equal("EINVAL", bench.Unmap(0x1000, 0, VfioUnmapDmaBits.All));
        Assert.Equal("0 0x5000", bench.Unmap(0, 0, VfioUnmapDmaBits.All));
        Assert.Equal(0, bench.State.Mappings.Count);
    }

    [Fact, Trait("Fact", "T138")]
    public void All_vaddrs_may_be_handed_back_but_not_all_dirty_bitmaps_be_read()
    {
        using Type1Bench bench = new();
        bench.Map(0x10_0000, 4);
        bench.Map(0x20_0000, 1);

        Assert.Equal("EINVAL", bench.Unmap(0, 0, VfioUnmapDmaBits.All | VfioUnmapDmaBits.GetDirtyBitmap));
        Assert.Equal("0 0x5000", bench.Unmap(0, 0, VfioUnmapDmaBits.All | VfioUnmapDmaBits.Vaddr));
        Assert.Equal((2, 2), (bench.State.Mappings.Count, bench.State.VaddrInvalidCount));
    }

    [Fact, Trait("Fact", "T139")]
    public void A_process_with_another_address_space_unmaps_nothing()
    {
        using Type1Bench bench = new();
        bench.Map(0x10_0000, 4);

        Assert.Equal("0 0x0", bench.Unmap(0x10_0000, 0x4000, caller: bench.Other));
        Assert.Equal(1, bench.State.Mappings.Count);
    }

    [Fact, Trait("Fact", "T145")]
    public void A_vendor_driver_that_gives_its_pins_back_lets_the_mapping_go()
    {
        using Type1Bench bench = new();
        bench.Notify((iova, _) => bench.Unpin("nic0", iova.Value));
        bench.Map(0x10_0000, 4);
        Assert.Equal("1", bench.Pin("nic0", [0x10_0000]));

        Assert.Equal("0 0x4000", bench.Unmap(0x10_0000, 0x4000));
        Assert.Equal(0, bench.Host.Memory.TotalPins);
    }

    [Fact]
    public void A_vendor_driver_that_never_gives_its_pins_back_is_a_BUG_after_10_retries()
    {
        using Type1Bench bench = new();
        int calls = 0;
        bench.Notify((_, _) => calls++);
        bench.Map(0x10_0000, 4);
        bench.Pin("nic0", [0x10_0000]);

        KernelOopsException oops = Assert.Throws<KernelOopsException>(() => bench.Unmap(0x10_0000, 0x4000));

        Assert.Contains("vfio_dma_do_unmap", oops.Message, StringComparison.Ordinal);
        Assert.Equal(11, calls);
    }

    [Fact, Trait("Fact", "T147")]
    public void A_hole_in_the_first_domain_is_stepped_over_and_in_any_other_domain_hides_the_rest()
    {
        Type1Bench bench = new();
        Assert.Equal(Errno.None, bench.Attach("nic2"));
        bench.Map(0x10_0000, 4);
        List<TraceEvent> trace = [];
        bench.Host.Kernel.Trace.Subscribe(trace.Add);
        foreach (VfioType1.Type1Domain domain in bench.State.Domains)
        {
            domain.Domain.Unmap(new Iova(0x10_1000), Page.Size);
        }

        Assert.Equal("0 0x4000", bench.Unmap(0x10_0000, 0x4000));

        Assert.Single(trace, step => step.Text.StartsWith("warning", StringComparison.Ordinal));
        Assert.Null(bench.State.Domains[0].Domain.IovaToPhysical(new Iova(0x10_2000)));
        Assert.NotNull(bench.State.Domains[1].Domain.IovaToPhysical(new Iova(0x10_2000)));

        // The bench is not disposed of: the promises are broken, which is the fact.
    }

    [Fact, Trait("Fact", "T148")]
    public void The_IOTLB_forgets_pages_before_they_are_unpinned()
    {
        using Type1Bench bench = new();
        bench.Map(0x10_0000, 4);
        List<long> pinsAtSync = [];
        bench.Host.Kernel.Trace.Subscribe(step =>
        {
            if (step.Function == "arm_smmu_iotlb_sync")
            {
                pinsAtSync.Add(bench.Host.Memory.TotalPins);
            }
        });

        bench.Unmap(0x10_0000, 0x4000);

        Assert.Equal([4L], pinsAtSync);
        Assert.Equal(0, bench.Host.Memory.TotalPins);
    }
}
