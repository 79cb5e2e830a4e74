using Iopf.Iommu;
using Iopf.Kernel;
using Iopf.Machine;
using Iopf.Mm;
using Iopf.Patches;

namespace Iopf.SpeedKit;

/// <summary>A host whose device shares the page table of a process (SVA).</summary>
public sealed class SharedDevice : IDisposable
{
    private const ulong First = 0x20_0000_0000;

    private readonly ModeledHost _host;
    private readonly Process _process;
    private readonly DeviceEngine _engine;
    private readonly DmaAccess _access;
    private readonly UserRange _memory;
    private readonly byte[] _data = new byte[sizeof(ulong)];

    public SharedDevice(int pages, Watched watched)
    {
        MachineSpec spec = MachineSpec.OneDevice;
        spec = spec with { Devices = [spec.Devices[0] with { Driver = BoundDriver.Host, PasidBits = 8 }] };
        _host = new ModeledHostFactory(PatchSet.All, new Dictionary<string, string>()) { WatchesPromises = watched == Watched.Checks }.Create(spec);
        _process = _host.Processes["vmm"];
        _memory = UserRange.OfPages(new UserAddress(First), (ulong)pages);
        Require(_process.Mm!.Mmap(_memory, MemoryAccess.Read | MemoryAccess.Write));
        HostDevice device = _host.Devices["nic0"];
        IIommuDriver driver = device.Device.Iommu!.Driver;
        Require(driver.EnableFeature(device.Device, IommuFeature.Iopf));
        Require(driver.EnableFeature(device.Device, IommuFeature.Sva));
        _access = new DmaAccess(IsWrite: true, _host.SvaBonds.Bind(device.Device, _process.Mm).Value);
        _engine = device.Engine!;
        watched.Over(_host.Kernel.Trace);
    }

    /// <summary>The device writes 8 bytes at the start of a page.</summary>
    public void Write(int page)
    {
        if (_engine.Write(new Iova(First + ((ulong)page << Page.Shift)), _data, _access) != DmaState.Completed)
        {
            throw new InvalidOperationException("a DMA did not complete");
        }
    }

    /// <summary>The process drops its pages; the SMMU forgets them.</summary>
    public void DropPages() => Require(_process.Mm!.Madvise(_memory, MemoryAdvice.DontNeed));

    public void Dispose() => _host.Dispose();

    private static void Require(Errno error)
    {
        if (error != Errno.None)
        {
            throw new InvalidOperationException($"the model answered {error}");
        }
    }
}
