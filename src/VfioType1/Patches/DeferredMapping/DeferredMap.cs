using Iopf.Kernel;
using Iopf.Mm;

namespace Iopf.VfioType1.Patches.DeferredMapping;

/// <summary>Patch 6: with IOPF on, a new mapping is only noted; what faults entered is taken out by the bitmap.</summary>
/// <remarks>Kernel: the <c>iopf_enabled</c> branches of <c>vfio_dma_do_map</c> and <c>vfio_unmap_unpin</c>.</remarks>
internal sealed class DeferredMap(StaticPinMap staticMap, IAddressSpaceWatch watch, IInvalidationGuard invalidations, MappedPageRemover remover)
    : IDmaMapPolicy
{
    public Errno Establish(Type1Container container, DmaMapping mapping, ulong size, Process caller)
    {
        if (!container.IsIopfEnabled)
        {
            return staticMap.Establish(container, mapping, size, caller);
        }

        // Whoever maps may be another process than the one that enabled IOPF (E46).
        Errno error = watch.Watch(container, mapping.Mm);
        if (error != Errno.None)
        {
            return error;
        }

        mapping.IsOnDemand = true;
        mapping.Size = size;
        return Errno.None;
    }

    public void Withdraw(Type1Container container, DmaMapping mapping, bool isRemoval)
    {
        if (!mapping.IsOnDemand)
        {
            staticMap.Withdraw(container, mapping, isRemoval);
            return;
        }

        TakeOut(container, mapping);
        if (isRemoval)
        {
            watch.Unwatch(container, mapping.Mm);
        }
    }

    public Errno Rebase(Type1Container container, DmaMapping mapping, UserAddress vaddr, Process caller)
    {
        if (!mapping.IsOnDemand)
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

        // What is mapped belongs to the old address space (E31).
        TakeOut(container, mapping);
        AddressSpace old = mapping.Mm;
        using (invalidations.Enter(container))
        {
            mapping.Vaddr = vaddr;
            mapping.Mm = mm;
        }

        watch.Unwatch(container, old);
        return Errno.None;
    }

    private void TakeOut(Type1Container container, DmaMapping mapping)
    {
        using (invalidations.Enter(container))
        {
            remover.RemoveAll(container, mapping);
        }
    }
}
