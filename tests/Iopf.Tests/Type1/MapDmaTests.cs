using Iopf.Kernel;
using Iopf.Mm;
using Iopf.Vfio;

namespace Iopf.Tests.Type1;

/// <summary>MAP_DMA without patches: baseline.md 7.5.</summary>
public sealed class MapDmaTests
{
    [Theory, Trait("Fact", "T120")]
    [InlineData(VfioMapDmaBits.None)]
    [InlineData(VfioMapDmaBits.Read | VfioMapDmaBits.Vaddr)]
    [InlineData((VfioMapDmaBits)8)]
    public void No_access_or_access_with_a_new_vaddr_or_an_unknown_flag_is_EINVAL(VfioMapDmaBits flags)
    {
        using Type1Bench bench = new();

        Assert.Equal(Errno.EINVAL, bench.Map(0x10_0000, 1, flags: flags));
    }

    [Fact, Trait("Fact", "T121")]
    public void Unaligned_vaddr_is_EINVAL()
    {
        using Type1Bench bench = new();

        Assert.Equal(Errno.EINVAL, bench.Map(0x10_0000, 1, vaddr: Type1Bench.Vaddr + 0x800));
    }

    [Fact, Trait("Fact", "T122")]
    public void Overlap_by_one_page_is_EEXIST()
    {
        using Type1Bench bench = new();
        Assert.Equal(Errno.None, bench.Map(0x10_0000, 4));

        Assert.Equal(Errno.EEXIST, bench.Map(0x10_3000, 4));
    }

    [Fact, Trait("Fact", "T123")]
    public void Overlap_is_tested_before_the_limit_of_mappings()
    {
        using Type1Bench bench = new(settings: ("EntryLimit", "1"));
        Assert.Equal(Errno.None, bench.Map(0x10_0000, 4));
        Assert.Equal(0, bench.State.MappingsAvailable);

        Assert.Equal(Errno.EEXIST, bench.Map(0x10_3000, 4));
    }

    [Fact, Trait("Fact", "T124")]
    public void One_mapping_more_than_the_limit_is_ENOSPC()
    {
        using Type1Bench bench = new(settings: ("EntryLimit", "1"));
        bench.Map(0x10_0000, 4);

        Assert.Equal(Errno.ENOSPC, bench.Map(0x20_0000, 1));
    }

    [Theory, Trait("Fact", "T125")]
    [InlineData(0x800_0000, 1)]
    [InlineData(0x7ff_f000, 2)]
    public void The_MSI_window_of_an_SMMUv3_cannot_be_mapped_or_crossed(ulong iova, ulong pages)
    {
        using Type1Bench bench = new();

        Assert.Equal(Errno.EINVAL, bench.Map(iova, pages));
        Assert.Equal(Errno.None, bench.Map(0x7ff_f000, 1));
    }

    [Theory, Trait("Fact", "T126")]
    [InlineData(ulong.MaxValue - 0xfff, Type1Bench.Vaddr)]
    [InlineData(0x10_0000, ulong.MaxValue - 0xfff)]
    public void A_range_that_wraps_is_EINVAL(ulong iova, ulong vaddr)
    {
        using Type1Bench bench = new();

        Assert.Equal(Errno.EINVAL, bench.Map(iova, 2, vaddr));
    }

    [Fact, Trait("Fact", "T127")]
    public void Locking_more_than_the_limit_is_ENOMEM_and_leaves_nothing()
    {
        using Type1Bench bench = new();
        bench.Vmm.MemlockLimitBytes = 10 * Page.Size;
        int available = bench.State.MappingsAvailable;

        Assert.Equal(Errno.ENOMEM, bench.Map(0x10_0000, 11));

        Assert.Equal((0, available, 0), (bench.LockedVm, bench.State.MappingsAvailable, bench.Host.Memory.TotalPins));
        bench.State.FirstDomain!.Domain.VisitEntries((iova, _, _) => Assert.Fail($"{iova} is still entered"));
        Assert.Equal(Errno.None, bench.Map(0x10_0000, 10));
    }

    [Fact, Trait("Fact", "T128")]
    public void Who_may_lock_without_limit_locks_more()
    {
        using Type1Bench bench = new();
        bench.Vmm.MemlockLimitBytes = 10 * Page.Size;
        bench.Vmm.HasIpcLock = true;

        Assert.Equal(Errno.None, bench.Map(0x10_0000, 11));
        Assert.Equal(11, bench.LockedVm);
    }

    [Fact, Trait("Fact", "T129")]
    public void A_page_without_memory_in_the_middle_is_EFAULT_and_leaves_nothing()
    {
        using Type1Bench bench = new();
        bench.Vmm.Mm!.Munmap(Type1Bench.Pages(3, 1));

        Assert.Equal(Errno.EFAULT, bench.Map(0x10_0000, 8));

        Assert.Equal((0, 0), (bench.LockedVm, bench.Host.Memory.TotalPins));
        Assert.Null(bench.State.Mappings.Find(new Iova(0x10_0000)));
        Assert.Null(bench.State.FirstDomain!.Domain.IovaToPhysical(new Iova(0x10_0000)));
    }

    [Fact, Trait("Fact", "T130")]
    public void Memory_of_a_device_is_mapped_and_not_accounted()
    {
        using Type1Bench bench = new();
        Pfn bar = new(0x8_0000);
        bench.Host.Memory.RegisterDeviceFrames(bar, 4);
        bench.Vmm.Mm!.Mmap(Type1Bench.Pages(100, 4), MemoryAccess.Read | MemoryAccess.Write, VmaKind.PfnMap, bar);

        Assert.Equal(Errno.None, bench.Map(0x10_0000, 4, Type1Bench.Pages(100, 4).First.Value));

        Assert.Equal(0, bench.LockedVm);
        Assert.Equal(bar.Plus(3).Address, bench.State.FirstDomain!.Domain.IovaToPhysical(new Iova(0x10_3000)));
    }

    [Fact, Trait("Fact", "T131")]
    public void Writing_to_memory_that_the_process_may_only_read_is_EFAULT()
    {
        using Type1Bench bench = new();
        bench.Mmap(100, 1, MemoryAccess.Read);

        Assert.Equal(Errno.EFAULT, bench.Map(0x10_0000, 1, Type1Bench.Pages(100, 1).First.Value));
    }

    [Fact, Trait("Fact", "T146")]
    public void The_limit_of_mappings_is_65535_and_is_taken_when_the_container_is_opened()
    {
        using Type1Bench bench = new();
        Assert.Equal(65_535, bench.State.MappingsAvailable);

        bench.Options.EntryLimit = 7;
        bench.Open(VfioExtension.Type1V2);

        Assert.Equal(65_535, bench.State.MappingsAvailable);
        Assert.Equal(7, bench.Host.Type1.Open[1].MappingsAvailable);
    }
}
