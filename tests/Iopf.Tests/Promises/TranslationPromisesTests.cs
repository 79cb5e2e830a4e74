using Iopf.Iommu;
using Iopf.Kernel;
using Iopf.Machine;
using Iopf.Mm;
using Iopf.Patches;

namespace Iopf.Tests.Promises;

/// <summary>M1, M2 and O1: what is entered in the IOMMU's tables. Each breach is planted and caught.</summary>
public sealed class TranslationPromisesTests : IDisposable
{
    private readonly PlantedHost _host = new(PatchSet.All);

    [Fact]
    public void A_run_that_keeps_its_promises_has_no_violation()
    {
        Assert.Equal(DmaState.Completed, _host.Write(3));
        _host.Vmm.Mm!.Munmap(_host.Mapping.VaddrRange);

        Assert.Empty(_host.Violations());
    }

    [Fact]
    public void M1_sees_an_entry_that_points_to_another_page_than_the_process_has()
    {
        _host.Write(3);
        Pfn other = _host.Host.Memory.Allocate(FrameUse.Anonymous).Value;
        _host.Domain.Unmap(PlantedHost.PageAt(3), Page.Size);
        _host.Domain.Map(PlantedHost.PageAt(3), other.Address, Page.Size, IommuProt.Read | IommuProt.Write);

        Assert.Equal([$"M1: container 1, iova 0x103000 leads to {other}, but vmm has {FrameOf(3)} at 0x10003000"], _host.Violations());
    }

    [Fact]
    public void M1_sees_an_entry_that_lets_the_device_write_what_the_process_may_not()
    {
        _host.Write(3);

        // The notifier of the container is silenced: it does not see that the page is mapped.
        _host.Mapping.MappedPages.Clear(3, 1);
        _host.Vmm.Mm!.Mprotect(_host.Mapping.VaddrRange, MemoryAccess.Read);
        _host.Mapping.MappedPages.Set(3, 1);

        Assert.Equal(["M1: container 1, iova 0x103000 may be written, but vmm may not write 0x10003000 without a fault"], _host.Violations());
    }

    [Fact]
    public void M1_sees_an_entry_that_no_mapping_covers()
    {
        _host.Write(3);
        _host.Domain.Map(new Iova(0x20_0000), FrameOf(3).Address, Page.Size, IommuProt.Read);

        Assert.Equal(["M1: container 1, iova 0x200000 is still entered, but no DMA mapping covers it"], _host.Violations());
    }

    [Fact]
    public void M2_sees_a_mapped_bit_without_an_entry()
    {
        _host.Mapping.MappedPages.Set(5, 1);

        Assert.Equal(["M2: container 1, iova 0x105000 has its mapped bit, but a domain lacks the entry"], _host.Violations());
    }

    [Fact]
    public void M2_sees_an_entry_without_its_mapped_bit()
    {
        _host.Write(15);
        _host.Mapping.MappedPages.Clear(15, 1);

        Assert.Equal(["M2: container 1, iova 0x10f000 is entered, but its mapped bit is clear"], _host.Violations());
    }

    [Fact]
    public void O1_sees_an_entry_that_leads_to_a_free_frame()
    {
        _host.Write(15);
        Pfn frame = FrameOf(15);
        _host.Mapping.MappedPages.Clear(15, 1);
        _host.Vmm.Mm!.Munmap(_host.Mapping.VaddrRange);

        Assert.Contains($"O1: container 1, iova 0x10f000 leads to {frame}, which is free", _host.Violations());
    }

    [Fact]
    public void O1_sees_a_fault_that_waits_for_a_handler_that_is_gone()
    {
        _host.HandleFaultsWith((_, _) => Errno.None);
        Assert.Equal(DmaState.Stalled, _host.Write(2));
        _host.Device.Iommu!.Registration = null;

        Assert.Contains("O1: nic0 has 1 faults that wait for a handler, and none is registered", _host.Violations());
    }

    public void Dispose() => _host.Dispose();

    private Pfn FrameOf(ulong page) => _host.Vmm.Mm!.FrameAt(_host.Mapping.VaddrOf(PlantedHost.PageAt(page)))!.Value;
}
