using Iopf.Iommu;
using Iopf.Kernel;
using Iopf.Machine;
using Iopf.Mm;

namespace Iopf.Workloads;

/// <summary>The test on the host, with the device sharing the process's page table: addresses are those of the process.</summary>
/// <remarks>The queues are memory of the host's driver, mapped once and for all in the device's default domain.</remarks>
internal sealed class SvaSecPlatform : ITimedSecPlatform
{
    private const ulong FirstAddress = 0x4000_0000_0000;
    private const ulong QueueIova = 0x1000_0000;

    private readonly HostKernel _kernel;
    private readonly PhysicalMemory _memory;
    private readonly AddressSpace _mm;
    private readonly KernelThread _cpu;
    private readonly DeviceEngine _device;
    private readonly DmaAccess _shared;
    private readonly ulong _queueMemory;
    private readonly byte[] _bytes = new byte[Page.Size];
    private ulong _next = FirstAddress;

    private SvaSecPlatform(ModeledHost host, Process process, DeviceEngine device, uint pasid, Pfn queue)
    {
        _kernel = host.Kernel;
        _memory = host.Memory;
        _mm = process.Mm!;
        _cpu = process.Thread;
        _device = device;
        _shared = new DmaAccess(IsWrite: false, pasid);
        _queueMemory = queue.Value << Page.Shift;
    }

    /// <inheritdoc/>
    public ulong QueueBlock => QueueIova;

    /// <inheritdoc/>
    public long Faults => _kernel.Tally.FaultsReported;

    /// <inheritdoc/>
    public DeviceEngine Engine => _device;

    /// <inheritdoc/>
    public AddressSpace Memory => _mm;

    /// <inheritdoc/>
    public Iova IovaOf(ulong address) => new(address);

    /// <inheritdoc/>
    public DmaAccess AccessOf(ulong address) => address < FirstAddress ? default : _shared;

    /// <inheritdoc/>
    public UserAddress VaddrOf(ulong address) => new(address);

    /// <summary>Has the host's driver set the device up and bind it to a process.</summary>
    /// <param name="host">The host.</param>
    /// <param name="process">The process.</param>
    /// <param name="device">The accelerator.</param>
    /// <returns>The platform; <see langword="null"/> if the device cannot share the page table.</returns>
    public static SvaSecPlatform? Start(ModeledHost host, Process process, HostDevice device)
    {
        IIommuDriver driver = device.Device.Iommu!.Driver;
        IommuDomain domain = device.Device.Group!.Domain!;
        Result<Pfn> queue = host.Memory.AllocateContiguous(FrameUse.Kernel, SecQueue.BlockPages);
        if (!queue.IsSuccess
            || MapQueue(domain, queue.Value) != Errno.None
            || driver.EnableFeature(device.Device, IommuFeature.Iopf) != Errno.None
            || driver.EnableFeature(device.Device, IommuFeature.Sva) != Errno.None
            || !host.SvaBonds.Bind(device.Device, process.Mm!).TryGet(out uint pasid, out _))
        {
            return null;
        }

        return new SvaSecPlatform(host, process, device.Engine!, pasid, queue.Value);
    }

    /// <inheritdoc/>
    public ulong Reserve(int pages, bool isolated)
    {
        ulong first = _next;
        UserRange area = UserRange.OfPages(new UserAddress(first), (ulong)pages);
        using (_kernel.Scheduler.Enter(_cpu))
        {
            Invariant.Hold(_mm.Mmap(area, MemoryAccess.Read | MemoryAccess.Write) == Errno.None, "the process gets the memory it asks for");
        }

        _next = area.Last.Value + 1;
        return first;
    }

    /// <inheritdoc/>
    public void Cpu(ulong address, int length, bool write)
    {
        if (address < FirstAddress)
        {
            CpuQueue(address, length, write);
            return;
        }

        using (_kernel.Scheduler.Enter(_cpu))
        {
            int done = 0;
            while (done < length)
            {
                ulong at = address + (ulong)done;
                Span<byte> part = _bytes.AsSpan(0, Math.Min(length - done, (int)(Page.Size - (at & Page.OffsetMask))));
                Errno error = write ? _mm.Write(new UserAddress(at), part) : _mm.Read(new UserAddress(at), part);
                Invariant.Hold(error == Errno.None, "the process can access its memory");
                done += part.Length;
            }
        }
    }

    /// <inheritdoc/>
    public bool Device(ulong address, int length, bool write) => Access(address, length, write, _shared);

    /// <inheritdoc/>
    public bool DeviceQueue(ulong address, int length, bool write) => Access(address, length, write, default);

    private static Errno MapQueue(IommuDomain domain, Pfn first) => domain.Map(
        new Iova(QueueIova), first.Value << Page.Shift, SecQueue.BlockPages * Page.Size, IommuProt.Read | IommuProt.Write);

    private bool Access(ulong address, int length, bool write, DmaAccess access)
    {
        Span<byte> bytes = _bytes.AsSpan(0, length);
        DmaState state = write ? _device.Write(new Iova(address), bytes, access) : _device.Read(new Iova(address), bytes, access);
        return state == DmaState.Completed;
    }

    private void CpuQueue(ulong address, int length, bool write)
    {
        ulong at = _queueMemory + (address - QueueIova);
        if (write)
        {
            _memory.Write(at, _bytes.AsSpan(0, length));
        }
        else
        {
            _memory.Read(at, _bytes.AsSpan(0, length));
        }
    }
}
