using Iopf.Iommu;
using Iopf.Kernel;
using Iopf.Mm;

namespace Iopf.Vfio;

/// <summary>
/// The bus driver of an assigned PCI device: queues its stage-1 faults for the guest and carries the guest's answers back.
/// </summary>
/// <remarks>
/// Kernel: <c>vfio-pci</c>; the fault queue is that of the nested translation series the patches refer to. Of its ioctls only
/// DEVICE_GET_INFO and the refusal of DEVICE_RESET are modeled.
/// </remarks>
public sealed class VfioPci : IVfioDeviceOps
{
    /// <summary>How many faults the guest can owe an answer to, unless stated otherwise.</summary>
    public const int FaultsMaxByDefault = 512;

    private const uint RegionCount = 9;
    private const uint InterruptCount = 5;

    private readonly HostKernel _kernel;
    private readonly PageAnswer _answer;
    private readonly KernelMutex _queueLock;
    private readonly GuestFaultRing _faults;
    private int _openCount;

    /// <summary>Creates the driver's state of one device.</summary>
    /// <param name="kernel">The services of the kernel.</param>
    /// <param name="device">The device.</param>
    /// <param name="responder">Where the guest's answers go.</param>
    /// <param name="faultsMax">How many faults may be queued or unanswered; at least 1.</param>
    public VfioPci(HostKernel kernel, Device device, PageResponder responder, int faultsMax = FaultsMaxByDefault)
        : this(kernel, device, responder.Respond, faultsMax)
    {
    }

    internal VfioPci(HostKernel kernel, Device device, PageAnswer answer, int faultsMax)
    {
        _kernel = kernel;
        Device = device;
        _answer = answer;
        _queueLock = new KernelMutex(kernel.Scheduler, $"vfio_pci.fault_queue_lock ({device.Name})", "vfio_pci.fault_queue_lock");
        _faults = new GuestFaultRing(faultsMax);
    }

    /// <summary>
    /// A fault was queued. Called in the thread that reported it, which may hold the device's param.lock: take the fault, do not block.
    /// </summary>
    /// <remarks>Kernel: the eventfd that tells the VMM.</remarks>
    public event Action? GuestFaultArrived;

    /// <summary>The device.</summary>
    public Device Device { get; }

    /// <summary>How many faults wait to be taken.</summary>
    public int QueuedFaultCount => _faults.QueuedCount;

    /// <summary>How many page requests the guest has taken and not answered.</summary>
    public int UnansweredFaultCount => _faults.UnansweredCount;

    /// <summary>Binds the driver to its device.</summary>
    /// <remarks>Kernel: <c>vfio_pci_probe</c>.</remarks>
    /// <param name="core">The VFIO core.</param>
    /// <returns>VFIO's object for the device; the errors of <see cref="VfioCore.RegisterDevice"/>.</returns>
    public Result<VfioDevice> Probe(VfioCore core) => core.RegisterDevice(Device, this);

    /// <inheritdoc/>
    public Errno Open()
    {
        _openCount++;
        return Errno.None;
    }

    /// <summary>
    /// With the last descriptor the guest is gone: what it owes is answered INVALID, so that no transaction stays stalled.
    /// </summary>
    public void Release()
    {
        _openCount--;
        if (_openCount > 0)
        {
            return;
        }

        while (TryDiscard(out IommuFault fault))
        {
            uint? pasid = fault.ResponseNeedsPasid ? fault.Pasid : null;
            _answer(Device, new PageResponse(fault.GroupId, pasid, PageResponseCode.Invalid));
        }
    }

    /// <summary>Queues a stage-1 fault for the guest.</summary>
    /// <param name="device">The faulting device.</param>
    /// <param name="fault">The fault.</param>
    /// <returns>
    /// 0; ENODEV while no descriptor is open, so that there is no guest; EBUSY if the guest owes too many answers already.
    /// </returns>
    public Errno Transfer(Device device, IommuFault fault)
    {
        using (_queueLock.Hold())
        {
            if (_openCount == 0)
            {
                return Errno.ENODEV;
            }

            if (!_faults.TryQueue(in fault))
            {
                return Errno.EBUSY;
            }
        }

        _kernel.Step(TraceLayer.Vfio, "vfio_pci_transfer", device.Name, fault.Address, $"{_faults.QueuedCount} faults wait for the guest");
        GuestFaultArrived?.Invoke();
        return Errno.None;
    }

    /// <summary>The VMM takes the oldest fault. A page request that ends its group is then owed an answer.</summary>
    /// <param name="fault">The fault.</param>
    /// <returns>Whether there was one.</returns>
    public bool TryTakeGuestFault(out IommuFault fault)
    {
        using (_queueLock.Hold())
        {
            return _faults.TryTake(out fault);
        }
    }

    /// <summary>
    /// The VMM passes the guest's answer on. A guest can only answer what it took, so it cannot resume a fault the host serves.
    /// </summary>
    /// <param name="response">The answer.</param>
    /// <returns>0; EINVAL for an unknown version or code, or if nothing taken matches it; else the error of the iommu core.</returns>
    public Errno AnswerGuestFault(in PageResponse response)
    {
        if (response.Version != 1 || response.Code is < PageResponseCode.Success or > PageResponseCode.Failure)
        {
            return Errno.EINVAL;
        }

        using (_queueLock.Hold())
        {
            if (!_faults.TryAnswer(in response))
            {
                return Errno.EINVAL;
            }
        }

        _kernel.Step(TraceLayer.Vfio, "vfio_pci_page_response", Device.Name, null, $"group {response.GroupId}: {response.Code}");
        return _answer(Device, in response);
    }

    /// <inheritdoc/>
    public IoctlResult Ioctl(Process caller, uint number, UserArgument argument) => number switch
    {
        VfioIoctl.DeviceGetInfo => GetInfo(argument.Structure),
        VfioIoctl.DeviceReset => Errno.EINVAL,
        _ => Errno.ENOTTY,
    };

    private static Errno GetInfo(Span<byte> structure)
    {
        if (!VfioDeviceInfo.TryRead(structure, out VfioDeviceInfo info))
        {
            return Errno.EFAULT;
        }

        if (info.ArgumentSize < VfioDeviceInfo.MinimumSize)
        {
            return Errno.EINVAL;
        }

        int stated = (int)Math.Min(info.ArgumentSize, VfioDeviceInfo.Size);
        if (structure.Length < stated)
        {
            return Errno.EFAULT;
        }

        new VfioDeviceInfo(info.ArgumentSize, VfioDeviceInfoBits.Pci, RegionCount, InterruptCount, 0).Write(structure[..stated]);
        return Errno.None;
    }

    private bool TryDiscard(out IommuFault fault)
    {
        using (_queueLock.Hold())
        {
            return _faults.TryDiscard(out fault);
        }
    }
}
