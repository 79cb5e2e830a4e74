using Iopf.Kernel;
using Iopf.Machine;
using Iopf.Mm;
using Iopf.Patches;
using Iopf.Vfio;

namespace Iopf.Benchmarks;

/// <summary>A host with one device that is assigned to a process through a type1 container, ready to be driven at full speed.</summary>
/// <remarks>Ioctl arguments are prepared once. Shared by the benchmarks and the tests of allocation.</remarks>
internal sealed class AssignedDevice : IDisposable
{
    /// <summary>The first device address that is mapped.</summary>
    public const ulong FirstIova = 0x10_0000_0000;

    private const ulong FirstVaddr = 0x20_0000_0000;

    private readonly Host _host;
    private readonly Process _vmm;
    private readonly DeviceEngine _engine;
    private readonly VfioContainer _container;
    private readonly UserRange _memory;
    private readonly byte[] _mapTemplate = new byte[VfioMapDma.Size];
    private readonly byte[] _unmapTemplate = new byte[VfioUnmapDma.Size];
    private readonly byte[] _argument = new byte[VfioMapDma.Size];
    private readonly byte[] _data = new byte[sizeof(ulong)];

    /// <summary>Builds the host, gives the process untouched memory, and assigns the device.</summary>
    /// <param name="pages">How many pages of memory.</param>
    /// <param name="premap">How many pages a fault maps; 0 leaves IOPF disabled: mapping pins everything.</param>
    public AssignedDevice(int pages, int premap)
    {
        Dictionary<string, string> settings = new() { ["Premap:Length"] = Math.Max(premap, 1).ToString() };
        MachineSpec spec = MachineSpec.OneDevice with { Processes = [new ProcessSpec("vmm", MemlockBytes: 0, HasIpcLock: true)] };
        _host = new HostFactory(PatchSet.All, settings).Create(spec);
        _vmm = _host.Processes["vmm"];
        _engine = _host.Devices["nic0"].Engine!;
        _memory = UserRange.OfPages(new UserAddress(FirstVaddr), (ulong)pages);
        Require(_vmm.Mm!.Mmap(_memory, MemoryAccess.Read | MemoryAccess.Write));

        _container = _host.Vfio.OpenContainer();
        Require(_host.Vfio.OpenGroup(1).Value.SetContainer(_vmm, _container));
        Require(_container.SetIommu(_vmm, VfioExtension.Type1V2));
        if (premap != 0)
        {
            Require(_container.Ioctl(_vmm, VfioIoctl.IommuEnableIopf, new UserArgument(0)).Error);
        }

        new VfioMapDma(VfioMapDma.Size, VfioMapDmaBits.Read | VfioMapDmaBits.Write, FirstVaddr, FirstIova, _memory.Length).Write(_mapTemplate);
        new VfioUnmapDma(VfioUnmapDma.Size, VfioUnmapDmaBits.None, FirstIova, _memory.Length).Write(_unmapTemplate);
    }

    /// <summary>How many faults the device has caused so far.</summary>
    public long Faults => _host.Kernel.Tally.PageRequests;

    /// <summary>Lets the device reach all of the memory.</summary>
    public void Map()
    {
        _mapTemplate.CopyTo(_argument, 0);
        Require(_container.Ioctl(_vmm, VfioIoctl.IommuMapDma, new UserArgument(_argument, [])).Error);
    }

    /// <summary>Takes all of the memory from the device.</summary>
    public void Unmap()
    {
        _unmapTemplate.CopyTo(_argument, 0);
        Require(_container.Ioctl(_vmm, VfioIoctl.IommuUnmapDma, new UserArgument(_argument, [])).Error);
    }

    /// <summary>The device writes 8 bytes at the start of a page; a fault on the way is handled before this returns.</summary>
    /// <param name="page">Which page, from 0.</param>
    public void Write(int page) => Require(_engine.Write(new Iova(FirstIova + ((ulong)page << Page.Shift)), _data));

    /// <summary>The device reads 8 bytes at the start of a page.</summary>
    /// <param name="page">Which page, from 0.</param>
    public void Read(int page) => Require(_engine.Read(new Iova(FirstIova + ((ulong)page << Page.Shift)), _data));

    /// <summary>The process drops its pages; the MMU notifier takes them from the device.</summary>
    public void DropPages() => Require(_vmm.Mm!.Madvise(_memory, MemoryAdvice.DontNeed));

    public void Dispose() => _host.Dispose();

    private static void Require(DmaState state)
    {
        if (state != DmaState.Completed)
        {
            throw new InvalidOperationException($"a DMA ended as {state}");
        }
    }

    private static void Require(Errno error)
    {
        if (error != Errno.None)
        {
            throw new InvalidOperationException($"the model answered {error}");
        }
    }
}
