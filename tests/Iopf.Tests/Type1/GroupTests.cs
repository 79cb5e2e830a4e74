using Iopf.Kernel;
using Iopf.Machine;
using Iopf.Vfio;

namespace Iopf.Tests.Type1;

/// <summary>Groups come and go: baseline.md 7.6.</summary>
public sealed class GroupTests
{
    [Fact, Trait("Fact", "T150")]
    public void The_same_group_attached_twice_is_EINVAL()
    {
        using Type1Bench bench = new();

        Assert.Equal(Errno.EINVAL, bench.Attach("nic0"));
    }

    [Fact, Trait("Fact", "T151")]
    public void A_group_whose_reserved_region_is_mapped_already_is_EINVAL()
    {
        using Type1Bench bench = new(group: "mdev0");
        Assert.Equal(Errno.None, bench.Map(0x800_0000, 1));

        Assert.Equal(Errno.EINVAL, bench.Attach("nic0"));
    }

    [Theory, Trait("Fact", "T152")]
    [InlineData("false", Errno.EPERM)]
    [InlineData("true", Errno.None)]
    public void Without_isolated_interrupts_a_group_needs_the_permission_to_be_unsafe(string allowUnsafe, Errno expected)
    {
        using Type1Bench bench = new(group: null, settings: [("HasIsolatedInterrupts", "false"), ("AllowUnsafeInterrupts", allowUnsafe)]);

        Assert.Equal(expected, bench.Attach("nic0"));
    }

    [Fact, Trait("Fact", "T153")]
    public void A_second_group_behind_the_same_SMMU_shares_the_domain_and_replays_nothing()
    {
        using Type1Bench bench = new();
        bench.Map(0x10_0000, 4);
        long mapped = bench.Host.Kernel.Tally.PagesMapped;

        Assert.Equal(Errno.None, bench.Attach("nic1"));

        Assert.Equal(mapped, bench.Host.Kernel.Tally.PagesMapped);
        Assert.Equal(2, Assert.Single(bench.State.Domains).Groups.Count);
        Assert.Equal(DmaState.Completed, bench.Write("nic1", 0x10_3000));
    }

    [Fact, Trait("Fact", "T154")]
    public void A_second_group_behind_another_SMMU_gets_a_domain_with_every_mapping_replayed()
    {
        using Type1Bench bench = new();
        bench.Map(0x10_0000, 4);
        bench.Map(0x20_0000, 2, Type1Bench.Pages(8, 2).First.Value);
        long locked = bench.LockedVm;

        Assert.Equal(Errno.None, bench.Attach("nic2"));

        Assert.Equal(2, bench.State.Domains.Count);
        Assert.Equal(DmaState.Completed, bench.Write("nic2", 0x10_3000));
        Assert.Equal(DmaState.Completed, bench.Write("nic2", 0x20_1000));
        Assert.Equal(locked, bench.LockedVm);
    }

    [Fact, Trait("Fact", "T155")]
    public void A_group_that_needs_a_new_domain_waits_for_valid_vaddrs_and_gets_EFAULT_when_the_container_is_closed()
    {
        using Type1Bench bench = new();
        bench.Map(0x10_0000, 4);
        bench.Unmap(0x10_0000, 0x4000, VfioUnmapDmaBits.Vaddr);
        bool hasWaited = false;
        bench.WhenStuck(() =>
        {
            hasWaited = true;
            bench.Iommu.NotifyContainerClosed();
        });

        Assert.Equal(Errno.EFAULT, bench.Attach("nic2"));
        Assert.True(hasWaited);
    }

    [Fact, Trait("Fact", "T156")]
    public void Detaching_the_last_group_removes_every_mapping()
    {
        using Type1Bench bench = new();
        bench.Map(0x10_0000, 4);

        bench.Detach("nic0");

        Assert.Equal((0, 0, 0), (bench.State.Mappings.Count, bench.LockedVm, bench.Host.Memory.TotalPins));
    }

    [Fact, Trait("Fact", "T157")]
    public void Detaching_the_last_IOMMU_group_leaves_a_mediated_group_its_mappings_and_its_pins()
    {
        using Type1Bench bench = new();
        Assert.Equal(Errno.None, bench.Attach("mdev0"));
        bench.Notify((_, _) => { });
        bench.Map(0x10_0000, 4);
        bench.Pin("mdev0", [0x10_1000, 0x10_2000]);
        Assert.Equal(4, bench.LockedVm);

        bench.Detach("nic0");

        Assert.False(bench.State.Mappings.Find(new Iova(0x10_0000))!.IsIommuMapped);
        Assert.Equal((2, 2), (bench.LockedVm, bench.Host.Memory.TotalPins));
    }
}
