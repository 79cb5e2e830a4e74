using Iopf.Iommu;
using Iopf.Kernel;
using Iopf.Vfio;

namespace Iopf.Tests.Type1;

/// <summary>Pages pinned for vendor drivers: baseline.md 7.6.</summary>
public sealed class ExternalPinTests
{
    [Fact, Trait("Fact", "T160")]
    public void Pinning_needs_v2_a_notifier_a_mapping_and_the_access()
    {
        using (Type1Bench v1 = new(VfioExtension.Type1))
        {
            Assert.Equal("EACCES", v1.Pin("nic0", [0x10_0000]));
        }

        using Type1Bench bench = new();
        bench.Map(0x10_0000, 4, flags: VfioMapDmaBits.Read);
        Assert.Equal("EINVAL", bench.Pin("nic0", [0x10_0000], IommuProt.Read));
        bench.Notify((_, _) => { });
        Assert.Equal("EINVAL", bench.Pin("nic0", [0x20_0000], IommuProt.Read));
        Assert.Equal("EPERM", bench.Pin("nic0", [0x10_0000], IommuProt.Write));
    }

    [Fact, Trait("Fact", "T161")]
    public void A_page_pinned_twice_is_one_frame_and_is_given_back_twice()
    {
        using Type1Bench bench = new(group: "mdev0");
        bench.Notify((_, _) => { });
        bench.Map(0x10_0000, 4);

        bench.Pin("mdev0", [0x10_0000], IommuProt.Read, out ulong[] first);
        bench.Pin("mdev0", [0x10_0000], IommuProt.Read, out ulong[] second);

        Assert.Equal(first, second);
        bench.Unpin("mdev0", 0x10_0000);
        Assert.Equal(1, bench.Host.Memory.TotalPins);
        bench.Unpin("mdev0", 0x10_0000);
        Assert.Equal(0, bench.Host.Memory.TotalPins);
    }

    [Fact, Trait("Fact", "T162")]
    public void When_the_third_page_cannot_be_pinned_the_first_two_are_given_back()
    {
        using Type1Bench bench = new(group: "mdev0");
        bench.Notify((_, _) => { });
        bench.Map(0x10_0000, 2);

        Assert.Equal("EINVAL", bench.Pin("mdev0", [0x10_0000, 0x10_1000, 0x10_2000], IommuProt.Read, out ulong[] frames));

        Assert.Equal([0UL, 0, 0], frames);
        Assert.Equal((0, 0), (bench.Host.Memory.TotalPins, bench.LockedVm));
    }

    [Fact, Trait("Fact", "T163")]
    public void Pins_are_accounted_where_no_IOMMU_accounts_for_the_mapping()
    {
        using (Type1Bench mediated = new(group: "mdev0"))
        {
            mediated.Notify((_, _) => { });
            mediated.Vmm.MemlockLimitBytes = 2 * Page.Size;
            mediated.Map(0x10_0000, 4);
            Assert.Equal("2", mediated.Pin("mdev0", [0x10_0000, 0x10_1000]));
            Assert.Equal("ENOMEM", mediated.Pin("mdev0", [0x10_2000]));
            Assert.Equal(2, mediated.LockedVm);
            mediated.Unpin("mdev0", 0x10_0000, 0x10_1000);
        }

        using Type1Bench assigned = new();
        assigned.Notify((_, _) => { });
        assigned.Vmm.MemlockLimitBytes = 4 * Page.Size;
        assigned.Map(0x10_0000, 4);
        Assert.Equal("2", assigned.Pin("nic0", [0x10_0000, 0x10_1000]));
        Assert.Equal(4, assigned.LockedVm);
    }

    [Fact, Trait("Fact", "T164")]
    public void Unpinning_what_is_not_pinned_counts_and_unpinning_where_nothing_is_mapped_is_EINVAL()
    {
        using Type1Bench bench = new();
        bench.Map(0x10_0000, 4);

        Assert.Equal("2", bench.Unpin("nic0", 0x10_0000, 0x10_1000));
        Assert.Equal("1", bench.Unpin("nic0", 0x10_0000, 0x20_0000));
        Assert.Equal("EINVAL", bench.Unpin("nic0", 0x20_0000, 0x10_0000));
    }
}
