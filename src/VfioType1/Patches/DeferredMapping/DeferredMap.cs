using Iopf.Kernel;
using Iopf.Mm;
using Microsoft.Extensions.DependencyInjection;

namespace Iopf.VfioType1.Patches.DeferredMapping;

/// <summary>Patch 6: with IOPF enabled, MAP_DMA only records the mapping; UNMAP_DMA takes out what faults entered, as the mapped bitmap tells.</summary>
/// <remarks>Kernel: the <c>iopf_enabled</c> branches of <c>vfio_dma_do_map</c> and <c>vfio_unmap_unpin</c>.</remarks>
internal class DeferredMap(
    HostKernel kernel,
    [FromKeyedServices(Baseline.Key)] IDmaMapPolicy staticMap,
    IAddressSpaceWatch watch,
    IInvalidationGuard invalidations,
    IPartialUnmapper unmapper) : IDmaMapPolicy
{
    protected HostKernel Kernel { get; } = kernel;

    public virtual Errno Establish(Type1Container container, DmaMapping mapping, ulong size, Process caller)
    {
        if (!container.IsIopfEnabled)
        {
            return staticMap.Establish(container, mapping, size, caller);
        }

        if (!AllocateBitmap(mapping, size))
        {
            return Errno.ENOMEM;
        }

        // The process that maps may be another one than the process that enabled IOPF (E46).
        Errno error = watch.Watch(container, mapping.Mm);
        if (error != Errno.None)
        {
            return error;
        }

        mapping.Watched = mapping.Mm;
        mapping.IsOnDemand = true;
        mapping.Size = size;
        return Errno.None;
    }

    public virtual void Withdraw(Type1Container container, DmaMapping mapping, bool isRemoval)
    {
        if (!container.IsOnDemand(mapping))
        {
            staticMap.Withdraw(container, mapping, isRemoval);
            return;
        }

        TakeOut(container, mapping);
        if (isRemoval && mapping.Watched is { } watched)
        {
            watch.Unwatch(container, watched);
        }
    }

    public virtual Errno Rebase(Type1Container container, DmaMapping mapping, UserAddress vaddr, Process caller)
    {
        if (!container.IsOnDemand(mapping))
        {
            return staticMap.Rebase(container, mapping, vaddr, caller);
        }

        if (caller.Mm is not { } mm)
        {
            return Errno.ENODEV;
        }

        Errno error = watch.Watch(container, mm);
        if (error != Errno.None)
        {
            return error;
        }

        // What is mapped belongs to the old address space.
        TakeOut(container, mapping);
        AddressSpace? old = mapping.Watched;
        using (invalidations.Enter(container))
        {
            mapping.Vaddr = vaddr;
            mapping.Mm = mm;
        }

        mapping.Watched = mm;
        if (old is not null)
        {
            watch.Unwatch(container, old);
        }

        return Errno.None;
    }

    protected virtual bool AllocateBitmap(DmaMapping mapping, ulong size) => Kernel.Allocates("vfio_dma_do_map");

    protected void TakeOut(Type1Container container, DmaMapping mapping)
    {
        if (mapping.Size == 0)
        {
            return;
        }

        using (invalidations.Enter(container))
        {
            unmapper.RemoveAll(container, mapping);
        }
    }
}
