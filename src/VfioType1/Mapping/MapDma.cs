using Iopf.Iommu;
using Iopf.Kernel;
using Iopf.Mm;
using Iopf.Vfio;

namespace Iopf.VfioType1;

/// <summary>Makes a mapping, or gives one whose vaddr was handed back a new vaddr.</summary>
/// <remarks>Kernel: <c>vfio_dma_do_map</c>.</remarks>
internal sealed class MapDma(HostKernel kernel, IDmaMapPolicy policy, IInvalidationGuard invalidations, RemoveMapping removal, DirtyLog dirty)
{
    private const VfioMapDmaBits Access = VfioMapDmaBits.Read | VfioMapDmaBits.Write;

    public Errno Execute(Type1Container container, Process caller, in VfioMapDma request)
    {
        bool isRebase = (request.Flags & VfioMapDmaBits.Vaddr) != 0;
        if (isRebase == ((request.Flags & Access) != 0))
        {
            return Errno.EINVAL;
        }

        using (container.Lock.Hold("vfio_dma_do_map"))
        {
            Errno error = Judge(container, in request, isRebase, out DmaMapping? existing);
            if (error == Errno.None)
            {
                error = isRebase ? Rebase(container, existing!, in request, caller) : Map(container, caller, in request);
            }

            kernel.Step(
                TraceLayer.Type1,
                "vfio_dma_do_map",
                string.Empty,
                new Iova(request.Iova),
                $"size 0x{request.Length:x} vaddr 0x{request.Vaddr:x} {request.Flags}: {error.ToCName()}");
            return error;
        }
    }

    private static Errno Judge(Type1Container container, in VfioMapDma request, bool isRebase, out DmaMapping? existing)
    {
        existing = null;
        ulong mask = container.Granule - 1;
        if (request.Length == 0 || ((request.Length | request.Iova | request.Vaddr) & mask) != 0)
        {
            return Errno.EINVAL;
        }

        ulong last = unchecked(request.Iova + request.Length - 1);
        if (last < request.Iova || unchecked(request.Vaddr + request.Length - 1) < request.Vaddr)
        {
            return Errno.EINVAL;
        }

        existing = container.Mappings.FirstOverlapping(new Iova(request.Iova), new Iova(last));
        if (isRebase)
        {
            return existing is null ? Errno.ENOENT : Errno.None;
        }

        if (existing is not null)
        {
            return Errno.EEXIST;
        }

        if (container.MappingsAvailable == 0)
        {
            return Errno.ENOSPC;
        }

        return IovaRanges.Allow(container.ValidIova, new IovaRange(new Iova(request.Iova), new Iova(last))) ? Errno.None : Errno.EINVAL;
    }

    private Errno Rebase(Type1Container container, DmaMapping mapping, in VfioMapDma request, Process caller)
    {
        if (!mapping.IsVaddrInvalid || mapping.Iova.Value != request.Iova || mapping.Size != request.Length)
        {
            return Errno.EINVAL;
        }

        Errno error = policy.Rebase(container, mapping, new UserAddress(request.Vaddr), caller);
        if (error == Errno.None)
        {
            mapping.IsVaddrInvalid = false;
            container.VaddrInvalidCount--;
            container.WakeVaddrWaiters();
        }

        return error;
    }

    private Errno Map(Type1Container container, Process caller, in VfioMapDma request)
    {
        if (caller.Mm is not { } mm)
        {
            return Errno.ENODEV;
        }

        if (!kernel.Allocates("vfio_dma_do_map"))
        {
            return Errno.ENOMEM;
        }

        DmaMapping mapping = container.NewMapping(
            new Iova(request.Iova), new UserAddress(request.Vaddr), (IommuProt)(request.Flags & Access), caller, mm, caller.HasIpcLock);
        container.MappingsAvailable--;
        using (invalidations.Enter(container))
        {
            container.Mappings.Add(mapping);
        }

        Errno error = policy.Establish(container, mapping, request.Length, caller);
        if (error == Errno.None && container.IsTrackingDirtyPages)
        {
            error = dirty.Start(mapping, container.Granule);
        }

        if (error != Errno.None)
        {
            removal.Execute(container, mapping);
        }

        return error;
    }
}
