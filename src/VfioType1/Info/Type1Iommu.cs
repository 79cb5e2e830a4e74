using Iopf.Iommu;
using Iopf.Kernel;
using Iopf.Mm;
using Iopf.Vfio;

namespace Iopf.VfioType1;

/// <summary>The type1 backend of one container, as the VFIO core calls it.</summary>
/// <remarks>Kernel: the operations of <c>vfio_iommu_driver_ops_type1</c> with their <c>iommu_data</c>.</remarks>
internal sealed class Type1Iommu(Type1Container container, Type1Functions functions) : IVfioIommu
{
    /// <summary>The container's state.</summary>
    public Type1Container Container { get; } = container;

    public Errno AttachGroup(IommuGroup group, Process? caller) => functions.Attach.Execute(Container, group, caller);

    public void DetachGroup(IommuGroup group) => functions.Detach.Execute(Container, group);

    public void Release()
    {
        functions.Detach.Release(Container);
        functions.Containers.Remove(Container);
    }

    public void NotifyContainerClosed()
    {
        using (Container.Lock.Hold("vfio_iommu_type1_notify"))
        {
            Container.IsOpen = false;
        }

        Container.WakeVaddrWaiters();
    }

    /// <inheritdoc/>
    /// <remarks>Kernel: <c>vfio_iommu_type1_ioctl</c>.</remarks>
    public IoctlResult Ioctl(Process caller, uint number, UserArgument argument)
    {
        switch (number)
        {
            case VfioIoctl.IommuGetInfo:
                return ContainerInfo.Get(Container, argument);
            case VfioIoctl.IommuMapDma:
                return Map(caller, argument);
            case VfioIoctl.IommuUnmapDma:
                return Unmap(caller, argument);
            case VfioIoctl.IommuDirtyPages:
                return functions.Dirty.Execute(Container, argument);
        }

        foreach (IContainerCommand command in functions.Commands)
        {
            if (command.Number == number)
            {
                return command.Execute(Container, caller);
            }
        }

        return Errno.ENOTTY;
    }

    public Result<int> PinPages(IommuGroup group, ReadOnlySpan<ulong> userPfns, IommuProt prot, Span<ulong> physicalPfns) =>
        functions.Pins.Pin(Container, group, userPfns, prot, physicalPfns);

    public Result<int> UnpinPages(IommuGroup group, ReadOnlySpan<ulong> userPfns) => functions.Pins.Unpin(Container, group, userPfns);

    public Errno RegisterNotifier(IVfioDmaUnmapNotifier notifier, uint events)
    {
        if (events != VfioNotifierEvents.DmaUnmap)
        {
            return Errno.EINVAL;
        }

        Container.UnmapNotifiers.Add(notifier);
        return Errno.None;
    }

    public Errno UnregisterNotifier(IVfioDmaUnmapNotifier notifier) => Container.UnmapNotifiers.Remove(notifier) ? Errno.None : Errno.ENOENT;

    public Errno DmaReadWrite(Process? caller, Iova iova, Span<byte> data, bool write) =>
        functions.ReadWrite.Execute(Container, caller, iova, data, write);

    public Errno RegisterNestedHandler(Device device) => functions.Nested.Register(Container, device);

    public Errno UnregisterNestedHandler(Device device) => functions.Nested.Unregister(Container, device);

    private Errno Map(Process caller, UserArgument argument)
    {
        if (!VfioMapDma.TryRead(argument.Structure, out VfioMapDma request))
        {
            return Errno.EFAULT;
        }

        const VfioMapDmaBits Known = VfioMapDmaBits.Read | VfioMapDmaBits.Write | VfioMapDmaBits.Vaddr;
        return request.ArgumentSize < VfioMapDma.Size || (request.Flags & ~Known) != 0
            ? Errno.EINVAL
            : functions.Map.Execute(Container, caller, in request);
    }

    private Errno Unmap(Process caller, UserArgument argument)
    {
        if (!VfioUnmapDma.TryRead(argument.Structure, out VfioUnmapDma request))
        {
            return Errno.EFAULT;
        }

        const VfioUnmapDmaBits Known = VfioUnmapDmaBits.GetDirtyBitmap | VfioUnmapDmaBits.All | VfioUnmapDmaBits.Vaddr;
        bool wantsDirty = (request.Flags & VfioUnmapDmaBits.GetDirtyBitmap) != 0;
        if (request.ArgumentSize < VfioUnmapDma.Size
            || (request.Flags & ~Known) != 0
            || (wantsDirty && (request.Flags & (VfioUnmapDmaBits.All | VfioUnmapDmaBits.Vaddr)) != 0))
        {
            return Errno.EINVAL;
        }

        VfioBitmap bitmap = default;
        if (wantsDirty)
        {
            Errno error = ReadBitmap(in request, argument, out bitmap);
            if (error != Errno.None)
            {
                return error;
            }
        }

        if (!functions.Unmap.Execute(Container, caller, in request, in bitmap, argument.Payload).TryGet(out ulong unmapped, out Errno failed))
        {
            return failed;
        }

        return (request with { Length = unmapped }).Write(argument.Structure) ? Errno.None : Errno.EFAULT;
    }

    private static Errno ReadBitmap(in VfioUnmapDma request, UserArgument argument, out VfioBitmap bitmap)
    {
        bitmap = default;
        if (request.ArgumentSize < VfioUnmapDma.Size + VfioBitmap.Size)
        {
            return Errno.EINVAL;
        }

        if (!VfioBitmap.TryRead(argument.Structure[VfioUnmapDma.Size..], out bitmap))
        {
            return Errno.EFAULT;
        }

        bool isValid = bitmap.PageSize != 0
            && DirtyLog.IsSizeValid(request.Length >> System.Numerics.BitOperations.TrailingZeroCount(bitmap.PageSize), bitmap.Length);
        return isValid ? Errno.None : Errno.EINVAL;
    }
}
