using Iopf.Kernel;
using Iopf.Machine;
using Iopf.Mm;
using Iopf.Patches;
using Iopf.Vfio;
using Iopf.VfioType1;

namespace Iopf.SpeedKit;

/// <summary>A host with one device that is assigned to a process through a type1 container, ready to be driven at full speed.</summary>
/// <remarks>Ioctl arguments are prepared once. Shared by the benchmarks and the tests of allocation.</remarks>
public sealed class AssignedDevice : IDisposable
{
    /// <summary>The first device address that is mapped.</summary>
    public const ulong FirstIova = 0x10_0000_0000;

    private const ulong FirstVaddr = 0x20_0000_0000;

    private readonly ModeledHost _host;
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
    /// <param name="watched">What watches the model.</param>
    /// <param name="idleDevices">How many devices there are beside this one, each in a container of its own that maps one page.</param>
    /// <param name="counts">Whether <see cref="CostOf"/> will be asked.</param>
    public AssignedDevice(int pages, int premap, Watched watched = Watched.Off, int idleDevices = 0, bool counts = false)
    {
        Dictionary<string, string> settings = new() { ["Premap:Length"] = Math.Max(premap, 1).ToString() };
        MachineSpec spec = MachineSpec.OneDevice with { Processes = [new ProcessSpec("vmm", MemlockBytes: 0, HasIpcLock: true)] };
        DeviceSpec device = spec.Devices[0];
        spec = spec with
        {
            Devices = [device, .. Enumerable.Range(2, idleDevices).Select(n => device with { Name = $"idle{n}", StreamId = 0x100 + (uint)n, Group = n })],
        };
        _host = new ModeledHostFactory(PatchSet.All, settings)
        {
            WatchesPromises = watched == Watched.Checks,
            Scheduler = counts ? static () => new CountingScheduler() : static () => new InlineScheduler(),
        }.Create(spec);
        _vmm = _host.Processes["vmm"];
        _engine = _host.Devices["nic0"].Engine!;
        _memory = UserRange.OfPages(new UserAddress(FirstVaddr), (ulong)pages);
        Require(_vmm.Mm!.Mmap(_memory, MemoryAccess.Read | MemoryAccess.Write));

        _container = Open(1, premap != 0);
        new VfioMapDma(VfioMapDma.Size, VfioMapDmaBits.Read | VfioMapDmaBits.Write, FirstVaddr, FirstIova, _memory.Length).Write(_mapTemplate);
        new VfioUnmapDma(VfioUnmapDma.Size, VfioUnmapDmaBits.None, FirstIova, _memory.Length).Write(_unmapTemplate);
        for (int group = 2; group < 2 + idleDevices; group++)
        {
            byte[] onePage = new byte[VfioMapDma.Size];
            new VfioMapDma(VfioMapDma.Size, VfioMapDmaBits.Read, FirstVaddr, FirstIova, Page.Size).Write(onePage);
            Require(Open(group, hasIopf: true).Ioctl(_vmm, VfioIoctl.IommuMapDma, new UserArgument(onePage, [])).Error);
        }

        watched.Over(_host.Kernel.Trace);
    }

    /// <summary>How many faults the device has caused so far.</summary>
    public long Faults => _host.Kernel.Tally.PageRequests;

    /// <summary>The mappings of the container.</summary>
    public MappingTree Mappings => _host.Type1.Open[0].Mappings;

    /// <summary>Lets the device reach all of the memory.</summary>
    public void Map()
    {
        _mapTemplate.CopyTo(_argument, 0);
        Require(_container.Ioctl(_vmm, VfioIoctl.IommuMapDma, new UserArgument(_argument, [])).Error);
    }

    /// <summary>Lets the device reach the memory by one mapping for each page, with a gap after each.</summary>
    /// <param name="pages">How many pages.</param>
    public void MapEachPage(int pages)
    {
        for (int page = 0; page < pages; page++)
        {
            ulong vaddr = FirstVaddr + ((ulong)page * Page.Size);
            new VfioMapDma(VfioMapDma.Size, VfioMapDmaBits.Read | VfioMapDmaBits.Write, vaddr, IovaOfMapping(page).Value, Page.Size).Write(_argument);
            Require(_container.Ioctl(_vmm, VfioIoctl.IommuMapDma, new UserArgument(_argument, [])).Error);
        }
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

    /// <summary>The device writes 8 bytes into a mapping of <see cref="MapEachPage"/>.</summary>
    /// <param name="mapping">Which mapping, from 0.</param>
    public void WriteMapping(int mapping) => Require(_engine.Write(IovaOfMapping(mapping), _data));

    /// <summary>The device reads 8 bytes at the start of a page.</summary>
    /// <param name="page">Which page, from 0.</param>
    public void Read(int page) => Require(_engine.Read(new Iova(FirstIova + ((ulong)page << Page.Shift)), _data));

    /// <summary>The process drops its pages; the MMU notifier takes them from the device.</summary>
    public void DropPages() => Require(_vmm.Mm!.Madvise(_memory, MemoryAdvice.DontNeed));

    /// <summary>The process drops one page; the MMU notifier takes it from the device.</summary>
    /// <param name="page">Which page, from 0.</param>
    public void DropPage(int page) =>
        Require(_vmm.Mm!.Madvise(UserRange.OfPages(_memory.First.PlusPages((ulong)page), 1), MemoryAdvice.DontNeed));

    /// <summary>The mapping of a page after <see cref="MapEachPage"/>.</summary>
    /// <param name="page">Which page, from 0.</param>
    public DmaMapping? FindMapping(int page) => Mappings.Find(IovaOfMapping(page));

    /// <summary>What something costs.</summary>
    /// <param name="what">What is done.</param>
    public OperationCounts CostOf(Action what)
    {
        OperationCounts before = Counts();
        what();
        OperationCounts after = Counts();
        return new OperationCounts(
            after.Steps - before.Steps,
            after.Locks - before.Locks,
            after.Frames - before.Frames,
            after.Invalidations - before.Invalidations,
            after.Comparisons - before.Comparisons);
    }

    public void Dispose() => _host.Dispose();

    private OperationCounts Counts() => new(
        _host.Kernel.Trace.Count,
        ((CountingScheduler)_host.Kernel.Scheduler).Taken,
        _host.Memory.AllocatedFrames,
        _host.Kernel.Tally.IotlbInvalidations,
        Mappings.Comparisons);

    private VfioContainer Open(int group, bool hasIopf)
    {
        VfioContainer container = _host.Vfio.OpenContainer();
        Require(_host.Vfio.OpenGroup(group).Value.SetContainer(_vmm, container));
        Require(container.SetIommu(_vmm, VfioExtension.Type1V2));
        if (hasIopf)
        {
            Require(container.Ioctl(_vmm, VfioIoctl.IommuEnableIopf, new UserArgument(0)).Error);
        }

        return container;
    }

    // A gap after each, so that they stay apart.
    private static Iova IovaOfMapping(int mapping) => new(FirstIova + ((ulong)mapping * 2 * Page.Size));

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
