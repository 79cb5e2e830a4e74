using Iopf.Iommu;
using Iopf.Kernel;
using Iopf.Mm;

namespace Iopf.Vfio;

/// <summary>What vendor drivers of mediated devices may ask of the container their device's group is in.</summary>
/// <remarks>Kernel: the symbols that <c>vfio.c</c> exports to external users.</remarks>
/// <param name="kernel">The services of the kernel.</param>
/// <param name="core">The VFIO core.</param>
public sealed class VendorDriverApi(HostKernel kernel, VfioCore core)
{
    /// <summary>How many pages one call may name.</summary>
    /// <remarks>Kernel: <c>VFIO_PIN_PAGES_MAX_ENTRIES</c>, the pointers that fit into a page.</remarks>
    public const int PagesMax = (int)(Page.Size / 8);

    /// <summary>Pins pages of a device's address space.</summary>
    /// <remarks>Kernel: <c>vfio_pin_pages</c>.</remarks>
    /// <param name="device">The vendor driver's device; it must be the only one VFIO has in its group.</param>
    /// <param name="userPfns">The page numbers (iova / 4096).</param>
    /// <param name="prot">The access the device needs.</param>
    /// <param name="physicalPfns">Receives the frame numbers; at least as long as <paramref name="userPfns"/>.</param>
    /// <returns>
    /// How many pages are pinned; EINVAL for no device, no page, too short an answer array, a group of several devices, or a group that
    /// is in no container with a backend or not viable; E2BIG for more than <see cref="PagesMax"/>; ENODEV without a VFIO group; EPERM
    /// without IOMMU; the backend's error.
    /// </returns>
    public Result<int> PinPages(Device? device, ReadOnlySpan<ulong> userPfns, IommuProt prot, Span<ulong> physicalPfns)
    {
        if (device is null || userPfns.IsEmpty || physicalPfns.Length < userPfns.Length)
        {
            return Errno.EINVAL;
        }

        if (userPfns.Length > PagesMax)
        {
            return Errno.E2BIG;
        }

        if (core.FindGroup(device) is not { } group)
        {
            return Errno.ENODEV;
        }

        if (group.Devices.Count > 1)
        {
            return Errno.EINVAL;
        }

        Errno error = group.AddContainerUser();
        if (error != Errno.None)
        {
            return error;
        }

        kernel.Step(TraceLayer.Vfio, "vfio_pin_pages", device.Name, null, $"pins {userPfns.Length} pages for the vendor driver");
        Result<int> pinned = BackendOf(group).PinPages(group.IommuGroup, userPfns, prot, physicalPfns);
        group.DropContainerUser();
        return pinned;
    }

    /// <summary>Releases pages that <see cref="PinPages"/> pinned.</summary>
    /// <remarks>Kernel: <c>vfio_unpin_pages</c>.</remarks>
    /// <param name="device">The vendor driver's device.</param>
    /// <param name="userPfns">The page numbers (iova / 4096).</param>
    /// <returns>How many were released; the errors of <see cref="PinPages"/>, but the group may have several devices.</returns>
    public Result<int> UnpinPages(Device? device, ReadOnlySpan<ulong> userPfns)
    {
        if (device is null || userPfns.IsEmpty)
        {
            return Errno.EINVAL;
        }

        if (userPfns.Length > PagesMax)
        {
            return Errno.E2BIG;
        }

        if (core.FindGroup(device) is not { } group)
        {
            return Errno.ENODEV;
        }

        Errno error = group.AddContainerUser();
        if (error != Errno.None)
        {
            return error;
        }

        kernel.Step(TraceLayer.Vfio, "vfio_unpin_pages", device.Name, null, $"unpins {userPfns.Length} pages of the vendor driver");
        Result<int> unpinned = BackendOf(group).UnpinPages(group.IommuGroup, userPfns);
        group.DropContainerUser();
        return unpinned;
    }

    /// <summary>Asks to be told before mappings go away.</summary>
    /// <remarks>Kernel: <c>vfio_register_notifier</c> with type <c>VFIO_IOMMU_NOTIFY</c>.</remarks>
    /// <param name="device">The vendor driver's device.</param>
    /// <param name="notifier">Who is told.</param>
    /// <param name="events">A mask of <see cref="VfioNotifierEvents"/>; not empty.</param>
    /// <returns>0; EINVAL for a missing argument; the errors of <see cref="UnpinPages"/> for the device; the backend's error.</returns>
    public Errno RegisterNotifier(Device? device, IVfioDmaUnmapNotifier? notifier, uint events)
    {
        if (device is null || notifier is null || events == 0)
        {
            return Errno.EINVAL;
        }

        if (!GetExternalUser(device).TryGet(out VfioGroup? group, out Errno error))
        {
            return error;
        }

        error = BackendOf(group).RegisterNotifier(notifier, events);
        PutExternalUser(group);
        return error;
    }

    /// <summary>Ends a registration.</summary>
    /// <remarks>Kernel: <c>vfio_unregister_notifier</c>.</remarks>
    /// <param name="device">The vendor driver's device.</param>
    /// <param name="notifier">Who was registered.</param>
    /// <returns>0; the errors of <see cref="RegisterNotifier"/>.</returns>
    public Errno UnregisterNotifier(Device? device, IVfioDmaUnmapNotifier? notifier)
    {
        if (device is null || notifier is null)
        {
            return Errno.EINVAL;
        }

        if (!GetExternalUser(device).TryGet(out VfioGroup? group, out Errno error))
        {
            return error;
        }

        error = BackendOf(group).UnregisterNotifier(notifier);
        PutExternalUser(group);
        return error;
    }

    /// <summary>Keeps the device's group in its container, until <see cref="PutExternalUser"/>.</summary>
    /// <remarks>Kernel: <c>vfio_group_get_external_user_from_dev</c>.</remarks>
    /// <param name="device">The vendor driver's device.</param>
    /// <returns>
    /// The group; ENODEV without a VFIO group; EINVAL in no container with a backend, or not viable; EPERM without IOMMU.
    /// </returns>
    public Result<VfioGroup> GetExternalUser(Device device)
    {
        if (core.FindGroup(device) is not { } group)
        {
            return Errno.ENODEV;
        }

        Errno error = group.AddContainerUser();
        return error == Errno.None ? group : error;
    }

    /// <summary>Lets the group go.</summary>
    /// <remarks>Kernel: <c>vfio_group_put_external_user</c>.</remarks>
    /// <param name="group">What <see cref="GetExternalUser"/> returned.</param>
    public void PutExternalUser(VfioGroup group)
    {
        kernel.Step(TraceLayer.Vfio, "vfio_group_put_external_user", string.Empty, null, $"group {group.Id} has an external user less");
        group.DropContainerUser();
    }

    /// <summary>Reads or writes memory as the device would.</summary>
    /// <remarks>Kernel: <c>vfio_dma_rw</c>.</remarks>
    /// <param name="group">What <see cref="GetExternalUser"/> returned, and still held.</param>
    /// <param name="caller">The process whose thread calls, or <see langword="null"/> for a kernel thread.</param>
    /// <param name="iova">The device address.</param>
    /// <param name="data">What is written, or where to read to.</param>
    /// <param name="write">Whether <paramref name="data"/> is written.</param>
    /// <returns>0; EINVAL for no group or no data; the backend's error.</returns>
    public Errno DmaReadWrite(VfioGroup? group, Process? caller, Iova iova, Span<byte> data, bool write)
    {
        if (group is null || data.IsEmpty)
        {
            return Errno.EINVAL;
        }

        kernel.Step(TraceLayer.Vfio, "vfio_dma_rw", string.Empty, iova, $"{(write ? "writes" : "reads")} {data.Length} bytes");
        return BackendOf(group).DmaReadWrite(caller, iova, data, write);
    }

    private static IVfioIommu BackendOf(VfioGroup group)
    {
        IVfioIommu? iommu = group.Container?.Iommu;
        Invariant.Hold(iommu is not null, "a group with an external user is in a container with a backend");
        return iommu;
    }
}
