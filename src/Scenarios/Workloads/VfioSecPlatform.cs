using Iopf.Kernel;
using Iopf.Machine;
using Iopf.Mm;
using Iopf.Vfio;

namespace Iopf.Workloads;

/// <summary>The test in a guest with the device assigned by VFIO: every address the device uses is guest-physical.</summary>
/// <remarks>
/// Guest RAM is one area of the VMM, mapped as one range; devices of one guest share it, each with 192 MiB or more for its test. Each buffer is contiguous in guest-physical memory, with unused pages around it.
/// The guest's driver allocates all queue pairs when it probes the device, and tests the first one; the process gets the second.
/// </remarks>
internal sealed class VfioSecPlatform : ITimedSecPlatform
{
    private const ulong LeastSliceBytes = 192UL << 20;
    private const ulong SliceGranule = 2UL << 20;
    private const ulong RamVaddr = 0x4000_0000_0000;

    // Where QEMU's virt machine has its RAM; the MSI window of the SMMU lies below it.
    private const ulong RamIova = 0x4000_0000;
    private const ulong GapPages = 512;

    // The event queue, the queue contexts and their like: one block that the device posts to before any queue pair is used.
    private const ulong FunctionBlock = 0x1_0000;
    private const ulong FunctionPages = 8;

    private readonly HostKernel _kernel;
    private readonly AddressSpace _vmm;
    private readonly KernelThread _cpu;
    private readonly DeviceEngine _device;
    private readonly byte[] _bytes = new byte[Page.Size];
    private readonly ulong _slice;
    private readonly ulong _sliceEnd;
    private ulong _next;

    private VfioSecPlatform(ModeledHost host, Process vmm, DeviceEngine device, int index, ulong sliceBytes)
    {
        _kernel = host.Kernel;
        _vmm = vmm.Mm!;
        _cpu = vmm.Thread;
        _device = device;
        _slice = (ulong)index * sliceBytes;
        _sliceEnd = _slice + sliceBytes;
        _next = FirstPair + ((ulong)SecQueue.Pairs * SecQueue.BlockPages * Page.Size);
    }

    /// <inheritdoc/>
    public ulong QueueBlock => FirstPair + (SecQueue.BlockPages * Page.Size);

    /// <inheritdoc/>
    public long Faults => _kernel.Tally.FaultsReported;

    /// <inheritdoc/>
    public DeviceEngine Engine => _device;

    /// <inheritdoc/>
    public AddressSpace Memory => _vmm;

    private ulong FunctionsAt => _slice + FunctionBlock;

    private ulong FirstPair => FunctionsAt + (FunctionPages * Page.Size);

    /// <summary>Starts a guest with the device assigned, and has its driver probe the device.</summary>
    /// <param name="host">The host.</param>
    /// <param name="vmm">The VMM.</param>
    /// <param name="device">The accelerator.</param>
    /// <returns>The platform; <see langword="null"/> if the VMM could not map guest RAM.</returns>
    public static VfioSecPlatform? Start(ModeledHost host, Process vmm, HostDevice device) => StartAll(host, vmm, [device]) is [var only] ? only : null;

    /// <summary>Starts a guest with several devices in one container, and has its driver probe them.</summary>
    /// <param name="host">The host.</param>
    /// <param name="vmm">The VMM.</param>
    /// <param name="devices">The accelerators.</param>
    /// <param name="test">How the test is run on each; <see langword="null"/> for as in the cover letter.</param>
    /// <returns>A platform for each; none if the VMM could not map guest RAM.</returns>
    public static IReadOnlyList<VfioSecPlatform> StartAll(ModeledHost host, Process vmm, IReadOnlyList<HostDevice> devices, SecTestSetting? test = null)
    {
        ulong sliceBytes = Math.Max(LeastSliceBytes, test is null ? 0 : SliceFor(test));
        using (host.Kernel.Scheduler.Enter(vmm.Thread))
        {
            if (!Assign(host, vmm, devices, sliceBytes))
            {
                return [];
            }
        }

        VfioSecPlatform[] platforms = [.. devices.Select((device, index) => new VfioSecPlatform(host, vmm, device.Engine!, index, sliceBytes))];
        foreach (VfioSecPlatform platform in platforms)
        {
            platform.Probe();
        }

        return platforms;
    }

    /// <inheritdoc/>
    public ulong Reserve(int pages, bool isolated)
    {
        _next += isolated ? GapPages * Page.Size : 0;
        ulong first = _next;
        _next += (ulong)pages * Page.Size;
        Invariant.Hold(_next <= _sliceEnd, "the guest has enough RAM for the test");
        return first;
    }

    /// <inheritdoc/>
    public void Cpu(ulong address, int length, bool write)
    {
        using (_kernel.Scheduler.Enter(_cpu))
        {
            int done = 0;
            while (done < length)
            {
                ulong at = RamVaddr + address + (ulong)done;
                Span<byte> part = _bytes.AsSpan(0, Math.Min(length - done, (int)(Page.Size - (at & Page.OffsetMask))));
                Errno error = write ? _vmm.Write(new UserAddress(at), part) : _vmm.Read(new UserAddress(at), part);
                Invariant.Hold(error == Errno.None, "guest RAM is there for the guest's CPU");
                done += part.Length;
            }
        }
    }

    /// <inheritdoc/>
    public bool Device(ulong address, int length, bool write)
    {
        Span<byte> bytes = _bytes.AsSpan(0, length);
        DmaState state = write ? _device.Write(new Iova(RamIova + address), bytes) : _device.Read(new Iova(RamIova + address), bytes);
        return state == DmaState.Completed;
    }

    /// <inheritdoc/>
    public bool DeviceQueue(ulong address, int length, bool write) => Device(address, length, write);

    /// <inheritdoc/>
    public Iova IovaOf(ulong address) => new(RamIova + address);

    /// <inheritdoc/>
    public DmaAccess AccessOf(ulong address) => default;

    /// <inheritdoc/>
    public UserAddress VaddrOf(ulong address) => new(RamVaddr + address);

    // What is the driver's, then a key, a vector and two buffers per set, each in pages of its own with unused ones before it.
    private static ulong SliceFor(SecTestSetting test)
    {
        ulong driver = FunctionBlock + ((FunctionPages + ((ulong)SecQueue.Pairs * SecQueue.BlockPages)) * Page.Size);
        ulong buffer = (ulong)test.MessageBytes + ((GapPages + 2) * Page.Size);
        return (driver + (((ulong)test.BufferSets + 1) * 2 * buffer) + SliceGranule - 1) / SliceGranule * SliceGranule;
    }

    private static bool Assign(ModeledHost host, Process vmm, IReadOnlyList<HostDevice> devices, ulong sliceBytes)
    {
        ulong ramBytes = (ulong)devices.Count * sliceBytes;
        UserRange ram = UserRange.OfLength(new UserAddress(RamVaddr), ramBytes);
        VfioContainer container = host.Vfio.OpenContainer();
        Span<byte> map = stackalloc byte[VfioMapDma.Size];
        new VfioMapDma(VfioMapDma.Size, VfioMapDmaBits.Read | VfioMapDmaBits.Write, RamVaddr, RamIova, ramBytes).Write(map);
        if (vmm.Mm!.Mmap(ram, MemoryAccess.Read | MemoryAccess.Write) != Errno.None)
        {
            return false;
        }

        for (int i = 0; i < devices.Count; i++)
        {
            VfioGroup file = host.Vfio.OpenGroup(devices[i].Device.Group!.Id).Value;
            if (file.SetContainer(vmm, container) != Errno.None || (i == 0 && container.SetIommu(vmm, VfioExtension.Type1V2) != Errno.None))
            {
                return false;
            }
        }

        // Without the patches the ioctl is unknown, and the mapping below pins all of guest RAM instead.
        container.Ioctl(vmm, VfioIoctl.IommuEnableIopf, new UserArgument(0));
        return container.Ioctl(vmm, VfioIoctl.IommuMapDma, new UserArgument(map, [])).IsSuccess;
    }

    // dma_alloc_coherent zeroes what it hands out, so the CPU has touched all of it before the device does.
    private void Probe()
    {
        Cpu(FunctionsAt, (int)(FirstPair - FunctionsAt) + (SecQueue.Pairs * SecQueue.BlockPages * (int)Page.Size), write: true);
        for (ulong page = 0; page < FunctionPages; page++)
        {
            Device(FunctionsAt + (page << Page.Shift), sizeof(ulong), write: true);
        }

        DeviceQueue(SecQueue.Submission(FirstPair, 0), SecQueue.SubmissionBytes, write: false);
        DeviceQueue(SecQueue.Completion(FirstPair, 0), SecQueue.CompletionBytes, write: true);
    }
}
