using Iopf.Kernel;
using Iopf.Mm;

namespace Iopf.VfioType1.Patches.UnpinnedMapping;

/// <summary>Patch 3: a fault that obtained pages while they were being invalidated starts again.</summary>
/// <remarks>Kernel: the sequence of <c>mmu_interval_read_begin</c> and <c>mmu_interval_read_retry</c>, which the posted code does without (R09).</remarks>
internal sealed class SequencedInvalidations : IInvalidationGuard
{
    public LockScope Enter(Type1Container container) => container.PagesLock.Hold();

    public InvalidationTicket Begin(Type1Container container, DmaMapping mapping)
    {
        using (container.PagesLock.Hold())
        {
            return new InvalidationTicket(container.Invalidations.Sequence);
        }
    }

    public bool IsCurrent(Type1Container container, DmaMapping mapping, InvalidationTicket ticket, UserRange vaddrs)
    {
        Invariant.Hold(container.PagesLock.IsHeld, "invalidations are kept out while pages are compared with the ticket");
        return !container.Invalidations.Touched(mapping.Mm, vaddrs, ticket.Sequence);
    }

    public void AwaitEnd(Type1Container container, AddressSpace mm, UserRange vaddrs) =>
        container.InvalidationWait.Wait(() => !container.Invalidations.IsRunning(mm, vaddrs));
}
