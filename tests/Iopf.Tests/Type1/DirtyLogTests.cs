using Iopf.Iommu;
using Iopf.Kernel;
using Iopf.Vfio;

namespace Iopf.Tests.Type1;

/// <summary>The log of written pages: baseline.md 7.6.</summary>
public sealed class DirtyLogTests
{
    [Fact, Trait("Fact", "T170")]
    public void The_log_needs_v2_and_one_flag_and_is_read_only_after_it_was_started()
    {
        using (Type1Bench v1 = new(VfioExtension.Type1))
        {
            Assert.Equal(Errno.EACCES, v1.Dirty(VfioDirtyPagesBits.Start));
        }

        using Type1Bench bench = new();
        bench.Map(0x10_0000, 4);
        Assert.Equal(Errno.EINVAL, bench.Dirty(VfioDirtyPagesBits.Start | VfioDirtyPagesBits.Stop));
        Assert.Equal("EINVAL", bench.DirtyPages(0x10_0000, 4));
        Assert.Equal(Errno.None, bench.Dirty(VfioDirtyPagesBits.Start));
        Assert.Equal("0b1111", bench.DirtyPages(0x10_0000, 4));
    }

    [Fact, Trait("Fact", "T171")]
    public void A_group_that_never_pinned_makes_every_mapped_page_dirty_every_time()
    {
        using Type1Bench bench = new();
        bench.Map(0x10_0000, 4);
        bench.Dirty(VfioDirtyPagesBits.Start);

        Assert.Equal("0b1111", bench.DirtyPages(0x10_0000, 4));
        Assert.Equal("0b1111", bench.DirtyPages(0x10_0000, 4));
    }

    [Fact, Trait("Fact", "T172")]
    public void Where_every_group_pins_only_pinned_pages_are_reported_and_again_while_they_are_pinned()
    {
        using Type1Bench bench = new();
        bench.Notify((_, _) => { });
        bench.Map(0x10_0000, 4);
        bench.Pin("nic0", [0x10_2000]);
        bench.Dirty(VfioDirtyPagesBits.Start);

        Assert.Equal("0b100", bench.DirtyPages(0x10_0000, 4));
        Assert.Equal("0b100", bench.DirtyPages(0x10_0000, 4));
        bench.Unpin("nic0", 0x10_2000);
        Assert.Equal("0b100", bench.DirtyPages(0x10_0000, 4));
        Assert.Equal("0b0", bench.DirtyPages(0x10_0000, 4));
    }

    [Fact, Trait("Fact", "T173")]
    public void What_a_vendor_driver_writes_by_CPU_is_dirty_until_it_was_read()
    {
        using Type1Bench bench = new(group: "mdev0");
        bench.Map(0x10_0000, 4);
        bench.Dirty(VfioDirtyPagesBits.Start);

        Assert.Equal(Errno.None, bench.Iommu.DmaReadWrite(bench.Vmm, new Iova(0x10_1ffe), new byte[4], write: true));

        Assert.Equal("0b110", bench.DirtyPages(0x10_0000, 4));
        Assert.Equal("0b0", bench.DirtyPages(0x10_0000, 4));
    }

    [Fact, Trait("Fact", "T174")]
    public void A_write_by_CPU_through_a_mapping_that_grants_no_reading_is_EPERM()
    {
        using Type1Bench bench = new(group: "mdev0");
        bench.Map(0x10_0000, 4, flags: VfioMapDmaBits.Write);

        Assert.Equal(Errno.EPERM, bench.Iommu.DmaReadWrite(bench.Vmm, new Iova(0x10_0000), new byte[4], write: true));
    }

    [Fact, Trait("Fact", "T175")]
    public void A_range_to_the_end_of_the_space_another_page_size_and_half_a_mapping_are_EINVAL()
    {
        using Type1Bench bench = new();
        bench.Map(0x10_0000, 4);
        bench.Dirty(VfioDirtyPagesBits.Start);

        Assert.Equal("EINVAL", bench.DirtyPages(ulong.MaxValue - 0xfff, 1));
        Assert.Equal("EINVAL", bench.DirtyBytes(0x10_0000, 0x4000, 2 << 20));
        Assert.Equal("EINVAL", bench.DirtyPages(0x10_0000, 2));
        Assert.Equal("EINVAL", bench.DirtyPages(0x10_2000, 4));
    }

    [Fact, Trait("Fact", "T176")]
    public void A_group_that_writes_anywhere_leaves_every_page_dirty_when_it_goes()
    {
        using Type1Bench bench = new();
        bench.Attach("nic2");
        bench.Notify((_, _) => { });
        bench.Map(0x10_0000, 4);
        bench.Pin("nic0", [0x10_0000], IommuProt.Read);
        bench.Dirty(VfioDirtyPagesBits.Start);

        bench.Detach("nic2");

        Assert.Equal("0b1111", bench.DirtyPages(0x10_0000, 4));
        Assert.Equal("0b1", bench.DirtyPages(0x10_0000, 4));
    }
}
