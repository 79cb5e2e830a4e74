using Iopf.Kernel;

namespace Iopf.VfioType1;

/// <summary>Removes a mapping with everything that was entered and pinned for it.</summary>
/// <remarks>Kernel: <c>vfio_remove_dma</c>. The container lock is held.</remarks>
internal sealed class RemoveMapping(
    HostKernel kernel, Type1Containers containers, IDmaMapPolicy policy, IInvalidationGuard invalidations, IPinScopeRecorder scopes, ExternalPinning pins)
{
    public void Execute(Type1Container container, DmaMapping mapping)
    {
        Invariant.Hold(container.Lock.IsHeld, "a mapping is removed under the container lock");
        if (mapping.ExternalPins.Count > 0)
        {
            kernel.Warn("vfio_remove_dma", "pinned pages left");
        }

        // Posted: what vendor drivers did not give back stays pinned for ever (E66).
        if (kernel.IsPosted(Erratum.E66))
        {
            containers.LeakedPins += mapping.ExternalPins.Count;
        }
        else
        {
            scopes.Removed(container, mapping);
            pins.ReleaseAll(container, mapping);
        }

        policy.Withdraw(container, mapping, isRemoval: true);
        using (invalidations.Enter(container))
        {
            container.Mappings.Remove(mapping);
            mapping.IsLinked = false;
        }

        if (mapping.IsVaddrInvalid)
        {
            container.VaddrInvalidCount--;
            container.WakeVaddrWaiters();
        }

        mapping.Dirty = null;
        container.MappingsAvailable++;
        container.Recycle(mapping);
    }

    public void ExecuteAll(Type1Container container)
    {
        while (container.Mappings.Count > 0)
        {
            Execute(container, container.Mappings[0]);
        }
    }
}
