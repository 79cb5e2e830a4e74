using Iopf.Kernel;
using Iopf.Mm;

namespace Iopf.VfioType1;

/// <summary>Baseline: everything the device can reach is pinned, so no invalidation concerns it.</summary>
internal sealed class NoInvalidation : IInvalidationGuard
{
    public LockScope Enter(Type1Container container) => default;

    public InvalidationTicket Begin(Type1Container container, DmaMapping mapping) => default;

    public bool IsCurrent(Type1Container container, DmaMapping mapping, InvalidationTicket ticket, UserRange vaddrs) => true;

    public void AwaitEnd(Type1Container container, AddressSpace mm, UserRange vaddrs)
    {
        // Nothing is invalidated.
    }
}
