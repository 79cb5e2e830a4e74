#pragma warning disable
// CONTRACT: replaced by real files, one public type each. Signatures may grow, not shrink.
using Iopf.Kernel;
using Iopf.Mm;
using Iopf.Iommu;
namespace Iopf.Vfio;

/// <summary>A user's ioctl argument: the structure it points to, and the memory the structure itself points to (dirty bitmaps).</summary>
public readonly ref struct UserArgument(Span<byte> structure, Span<byte> payload)
{
    public Span<byte> Structure { get; } = structure;
    public Span<byte> Payload { get; } = payload;
}

/// <summary>The answer of an ioctl: a value not below zero, or an error.</summary>
public readonly record struct IoctlResult(int Value, Errno Error);

/// <summary>vfio_iommu_driver_ops: a backend such as type1; one instance serves all containers.</summary>
public interface IVfioIommuBackend
{
    int CheckExtension(IVfioIommu? iommu, uint extension);          // 0 or 1
    Result<IVfioIommu> Open(uint type);                             // vfio_iommu_type1_open
}

/// <summary>The backend's state for one container (iommu_data).</summary>
public interface IVfioIommu
{
    Errno AttachGroup(IommuGroup group, Process? caller);
    void DetachGroup(IommuGroup group);
    void Release();
    void NotifyContainerClosed();
    IoctlResult Ioctl(Process caller, uint number, UserArgument argument);
    Result<int> PinPages(IommuGroup group, ReadOnlySpan<ulong> userPfns, IommuProt prot, Span<ulong> physicalPfns);
    Result<int> UnpinPages(IommuGroup group, ReadOnlySpan<ulong> userPfns);
    Errno RegisterNotifier(IVfioDmaUnmapNotifier notifier, uint events);
    Errno UnregisterNotifier(IVfioDmaUnmapNotifier notifier);
    Errno DmaReadWrite(Process? caller, Iova iova, Span<byte> data, bool write);
    Errno RegisterNestedHandler(Device device);                     // P8; ENOTTY without it
    Errno UnregisterNestedHandler(Device device);
}

public interface IVfioDmaUnmapNotifier { void DmaUnmapped(Iova iova, ulong size); }

/// <summary>vfio_device_ops of the bus driver that a device is bound to.</summary>
public interface IVfioDeviceOps
{
    Errno Open();
    void Release();
    /// <summary>P8: hands a stage-1 fault to the guest. EOPNOTSUPP where the bus driver lacks the op.</summary>
    Errno Transfer(Device device, in IommuFault fault);
}
