using Iopf.Kernel;
using Iopf.Machine;
using Iopf.Mm;
using Iopf.Patches;
using Iopf.Vfio;

namespace Iopf.Tests.Patches;

/// <summary>
/// A host with chosen patches, one stalling device in a container of the process "vmm", and that process's memory: what a test needs to run
/// one scenario with a patch and without it.
/// </summary>
internal sealed class PatchedHost : IDisposable
{
    /// <summary>Where the tests put memory.</summary>
    public const ulong Vaddr = 0x1000_0000;

    /// <summary>Where the tests put mappings.</summary>
    public const ulong Iova = 0x10_0000;

    private const MemoryAccess ReadWrite = MemoryAccess.Read | MemoryAccess.Write;

    /// <param name="patches">Which patches are on.</param>
    /// <param name="premap">How many pages one fault may map, where patch 4 is on.</param>
    /// <param name="type">The container's type.</param>
    /// <param name="spec">The machine; <see cref="MachineSpec.OneDevice"/> unless told.</param>
    public PatchedHost(PatchSet patches, int premap = 1, uint type = VfioExtension.Type1V2, MachineSpec? spec = null)
    {
        Host = new ModeledHostFactory(patches, new Dictionary<string, string> { ["Premap:Length"] = $"{premap}" }).Create(spec ?? MachineSpec.OneDevice);
        Vmm = Host.Processes["vmm"];
        Container = Host.Vfio.OpenContainer();
        Group = Host.Vfio.OpenGroup(1).Value;
        Assert.Equal(Errno.None, Group.SetContainer(Vmm, Container));
        Assert.Equal(Errno.None, Container.SetIommu(Vmm, type));
    }

    public ModeledHost Host { get; }

    public Process Vmm { get; }

    public AddressSpace Mm => Vmm.Mm!;

    public VfioContainer Container { get; }

    public VfioGroup Group { get; }

    public DeviceEngine Nic => Host.Devices["nic0"].Engine!;

    public Tally Tally => Host.Kernel.Tally;

    /// <summary>The whole series but one patch.</summary>
    public static PatchSet AllBut(int patch) => PatchSet.All.Without(patch);

    /// <summary>The process address of a page, counted from <see cref="Vaddr"/>.</summary>
    public static UserAddress At(ulong page) => new(Vaddr + (page << Page.Shift));

    public static UserRange Pages(ulong first, ulong count) => UserRange.OfPages(At(first), count);

    /// <summary>The iova of a page, counted from <see cref="Iova"/>.</summary>
    public static Iova IovaAt(ulong page) => new(Iova + (page << Page.Shift));

    public PatchedHost Mmap(ulong pageCount, MemoryAccess access = ReadWrite)
    {
        Assert.Equal(Errno.None, Mm.Mmap(Pages(0, pageCount), access));
        return this;
    }

    /// <summary>The CPU writes one byte at the start of a page.</summary>
    public PatchedHost Store(ulong page, byte value)
    {
        Assert.Equal(Errno.None, Mm.Write(At(page), [value]));
        return this;
    }

    /// <summary>The CPU reads the first byte of a page.</summary>
    public byte Load(ulong page)
    {
        byte[] read = new byte[1];
        Assert.Equal(Errno.None, Mm.Read(At(page), read));
        return read[0];
    }

    public Errno EnableIopf() => Container.Ioctl(Vmm, VfioIoctl.IommuEnableIopf, new UserArgument(0)).Error;

    /// <summary>Maps pages of memory at the same pages of iova space.</summary>
    public Errno MapDma(ulong firstPage, ulong pageCount, VfioMapDmaBits access = VfioMapDmaBits.Read | VfioMapDmaBits.Write)
    {
        byte[] map = new byte[VfioMapDma.Size];
        new VfioMapDma(VfioMapDma.Size, access, At(firstPage).Value, IovaAt(firstPage).Value, pageCount << Page.Shift).Write(map);
        return Container.Ioctl(Vmm, VfioIoctl.IommuMapDma, new UserArgument(map, [])).Error;
    }

    public Errno UnmapDma(ulong firstPage, ulong pageCount)
    {
        byte[] unmap = new byte[VfioUnmapDma.Size];
        new VfioUnmapDma(VfioUnmapDma.Size, VfioUnmapDmaBits.None, IovaAt(firstPage).Value, pageCount << Page.Shift).Write(unmap);
        return Container.Ioctl(Vmm, VfioIoctl.IommuUnmapDma, new UserArgument(unmap, [])).Error;
    }

    /// <summary>The device writes one byte at the start of a page.</summary>
    public DmaState Write(ulong page, byte value) => Nic.Write(IovaAt(page), new byte[] { value });

    /// <summary>The device reads the first byte of a page.</summary>
    public DmaState Read(ulong page, out byte value)
    {
        byte[] read = new byte[1];
        DmaState state = Nic.Read(IovaAt(page), read);
        value = read[0];
        return state;
    }

    public DmaState Read(ulong page) => Read(page, out _);

    /// <summary>Where a page leads for the device, or <see langword="null"/>.</summary>
    public ulong? Translation(ulong page) => Host.Devices["nic0"].Device.Group!.Domain!.IovaToPhysical(IovaAt(page));

    public bool IsMapped(ulong page) => Translation(page) is not null;

    public void Dispose() => Host.Dispose();
}
