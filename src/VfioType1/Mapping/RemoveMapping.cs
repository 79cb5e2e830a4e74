using Iopf.Kernel;

namespace Iopf.VfioType1;

/// <summary>Removes a mapping with everything that was entered and pinned for it.</summary>
/// <remarks>Kernel: <c>vfio_remove_dma</c>. The container lock is held.</remarks>
internal class RemoveMapping(
    HostKernel kernel, IDmaMapPolicy policy, IInvalidationGuard invalidations, IPinScopeRecorder scopes, ExternalPinning pins)
{
    public void Execute(Type1Container container, DmaMapping mapping)
    {
        Invariant.Hold(container.Lock.IsHeld, "a mapping is removed under the container lock");
        if (mapping.ExternalPins.Count > 0)
        {
            kernel.Warn("vfio_remove_dma", "pinned pages left");
        }

        ReleasePins(container, mapping);
        policy.Withdraw(container, mapping, isRemoval: true);
        using (invalidations.Enter(container))
        {
            container.Mappings.Remove(mapping);
            mapping.Retire();
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

    /// <summary>Gives back what vendor drivers did not (E66).</summary>
    protected virtual void ReleasePins(Type1Container container, DmaMapping mapping)
    {
        scopes.Removed(container, mapping);
        pins.ReleaseAll(container, mapping);
    }
}
