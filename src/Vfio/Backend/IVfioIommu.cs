using Iopf.Iommu;
using Iopf.Kernel;
using Iopf.Mm;

namespace Iopf.Vfio;

/// <summary>A backend's state for one container.</summary>
/// <remarks>Kernel: <c>iommu_data</c>, with the operations of <c>struct vfio_iommu_driver_ops</c> on it.</remarks>
public interface IVfioIommu
{
    /// <summary>Brings a group under the container's mappings. Called with the container's group_lock held for writing.</summary>
    /// <param name="group">The group.</param>
    /// <param name="caller">Who asked for it; its memory is pinned where a replay must pin.</param>
    /// <returns>0, or the backend's error, in which case nothing has changed.</returns>
    Errno AttachGroup(IommuGroup group, Process? caller);

    /// <summary>Takes a group out of the container. Called with the container's group_lock held for writing.</summary>
    /// <param name="group">A group attached before.</param>
    void DetachGroup(IommuGroup group);

    /// <summary>Ends the state's life; nothing is called afterwards.</summary>
    void Release();

    /// <summary>The container's file was closed; mappings live on while groups hold the container.</summary>
    /// <remarks>Kernel: <c>notify</c> with <c>VFIO_IOMMU_CONTAINER_CLOSE</c>.</remarks>
    void NotifyContainerClosed();

    /// <summary>Serves an ioctl that the core does not know. No lock of the core is held.</summary>
    /// <param name="caller">Who calls.</param>
    /// <param name="number">The number.</param>
    /// <param name="argument">The argument.</param>
    /// <returns>The answer; ENOTTY for an unknown number.</returns>
    IoctlResult Ioctl(Process caller, uint number, UserArgument argument);

    /// <summary>Pins pages for a vendor driver.</summary>
    /// <param name="group">The group of the vendor driver's device.</param>
    /// <param name="userPfns">The pages of the device's address space; 1 to 512.</param>
    /// <param name="prot">The access the device needs.</param>
    /// <param name="physicalPfns">Receives as many frame numbers.</param>
    /// <returns>
    /// How many pages are pinned: all of them; or the error of the first that could not be; ENOTTY without the operation.
    /// </returns>
    Result<int> PinPages(IommuGroup group, ReadOnlySpan<ulong> userPfns, IommuProt prot, Span<ulong> physicalPfns);

    /// <summary>Releases pages that <see cref="PinPages"/> pinned.</summary>
    /// <param name="group">The group of the vendor driver's device.</param>
    /// <param name="userPfns">The pages; 1 to 512.</param>
    /// <returns>How many were released; EINVAL if none; ENOTTY without the operation.</returns>
    Result<int> UnpinPages(IommuGroup group, ReadOnlySpan<ulong> userPfns);

    /// <summary>Registers who must release pins before a mapping goes away.</summary>
    /// <param name="notifier">Who is told.</param>
    /// <param name="events">A mask of <see cref="VfioNotifierEvents"/>.</param>
    /// <returns>0; EINVAL for any mask but <see cref="VfioNotifierEvents.DmaUnmap"/>; ENOTTY without the operation.</returns>
    Errno RegisterNotifier(IVfioDmaUnmapNotifier notifier, uint events);

    /// <summary>Ends a registration.</summary>
    /// <param name="notifier">Who was registered.</param>
    /// <returns>0; ENOENT if it was not; ENOTTY without the operation.</returns>
    Errno UnregisterNotifier(IVfioDmaUnmapNotifier notifier);

    /// <summary>Reads or writes guest memory for a vendor driver.</summary>
    /// <param name="caller">The process whose thread calls, or <see langword="null"/> for a kernel thread.</param>
    /// <param name="iova">The device address.</param>
    /// <param name="data">What is written, or where to read to.</param>
    /// <param name="write">Whether <paramref name="data"/> is written.</param>
    /// <returns>0, or the backend's error; ENOTTY without the operation.</returns>
    Errno DmaReadWrite(Process? caller, Iova iova, Span<byte> data, bool write);

    /// <summary>Patch 8: asks for a device's stage-1 faults. Called with the container's group_lock held for reading.</summary>
    /// <param name="device">The device.</param>
    /// <returns>0, or the backend's error; ENOTTY without the operation.</returns>
    Errno RegisterNestedHandler(Device device);

    /// <summary>
    /// Patch 8: ends what <see cref="RegisterNestedHandler"/> began. Called with the container's group_lock held for reading.
    /// </summary>
    /// <param name="device">The device.</param>
    /// <returns>0, or the backend's error; ENOTTY without the operation.</returns>
    Errno UnregisterNestedHandler(Device device);
}
