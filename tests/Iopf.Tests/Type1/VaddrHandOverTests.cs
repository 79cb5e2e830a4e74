using Iopf.Kernel;
using Iopf.Machine;
using Iopf.Vfio;

namespace Iopf.Tests.Type1;

/// <summary>The vaddr of a mapping is handed back and replaced: baseline.md 7.5.</summary>
public sealed class VaddrHandOverTests
{
    [Fact, Trait("Fact", "T140")]
    public void Handing_back_twice_is_EINVAL_and_undoes_what_the_same_call_did()
    {
        using Type1Bench bench = new();
        bench.Map(0x10_0000, 1);
        bench.Map(0x20_0000, 1);
        Assert.Equal("0 0x1000", HandBack(bench, 0x20_0000, 0x1000));
        Assert.Equal("EINVAL", HandBack(bench, 0x20_0000, 0x1000));

        Assert.Equal("EINVAL", HandBack(bench, 0x10_0000, 0x10_1000));

        Assert.False(bench.State.Mappings.Find(new Iova(0x10_0000))!.IsVaddrInvalid);
        Assert.Equal(1, bench.State.VaddrInvalidCount);
    }

    [Fact, Trait("Fact", "T141")]
    public void A_new_vaddr_is_taken_only_for_exactly_a_mapping_whose_vaddr_was_handed_back()
    {
        using Type1Bench bench = new();
        bench.Map(0x10_0000, 2);

        Assert.Equal(Errno.EINVAL, NewVaddr(bench, 0x10_0000, 2));
        Assert.Equal(Errno.ENOENT, NewVaddr(bench, 0x30_0000, 2));
        HandBack(bench, 0x10_0000, 0x2000);
        Assert.Equal(Errno.EINVAL, NewVaddr(bench, 0x10_0000, 1));
        Assert.Equal(Errno.None, NewVaddr(bench, 0x10_0000, 2));
        Assert.Equal(0, bench.State.VaddrInvalidCount);
    }

    [Fact]
    public void Who_waits_for_a_valid_vaddr_goes_on_when_there_is_one()
    {
        using Type1Bench bench = new();
        bench.Notify((_, _) => { });
        bench.Map(0x10_0000, 2);
        HandBack(bench, 0x10_0000, 0x2000);
        bench.WhenStuck(() => Assert.Equal(Errno.None, NewVaddr(bench, 0x10_0000, 2)));

        Assert.Equal("1", bench.Pin("nic0", [0x10_0000]));
        Assert.Equal("1", bench.Unpin("nic0", 0x10_0000));
    }

    [Fact, Trait("Fact", "T142")]
    public void A_mapping_without_vaddr_can_be_unmapped()
    {
        using Type1Bench bench = new();
        bench.Map(0x10_0000, 2);
        HandBack(bench, 0x10_0000, 0x2000);

        Assert.Equal("0 0x2000", bench.Unmap(0x10_0000, 0x2000));
        Assert.Equal((0, 0), (bench.State.Mappings.Count, bench.State.VaddrInvalidCount));
    }

    [Fact, Trait("Fact", "T143")]
    public void The_device_goes_on_while_the_vaddr_is_invalid()
    {
        using Type1Bench bench = new();
        bench.Map(0x10_0000, 2);
        HandBack(bench, 0x10_0000, 0x2000);

        Assert.Equal(DmaState.Completed, bench.Write("nic0", 0x10_1000));
    }

    [Fact, Trait("Fact", "T144")]
    public void Who_waits_for_a_valid_vaddr_gets_EFAULT_when_the_container_is_closed()
    {
        using Type1Bench bench = new();
        bench.Notify((_, _) => { });
        bench.Map(0x10_0000, 2);
        HandBack(bench, 0x10_0000, 0x2000);
        bench.WhenStuck(bench.Iommu.NotifyContainerClosed);

        Assert.Equal("EFAULT", bench.Pin("nic0", [0x10_0000]));
    }

    private static string HandBack(Type1Bench bench, ulong iova, ulong size) => bench.Unmap(iova, size, VfioUnmapDmaBits.Vaddr);

    private static Errno NewVaddr(Type1Bench bench, ulong iova, ulong pages) =>
        bench.Map(iova, pages, Type1Bench.Pages(16, 1).First.Value, VfioMapDmaBits.Vaddr);
}
