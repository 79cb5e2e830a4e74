using Iopf.Kernel;
using Iopf.Mm;

namespace Iopf.VfioType1;

/// <summary>What keeps invalidations of the CPU's mappings apart from changes of the device's mappings?</summary>
/// <remarks>
/// Baseline: <see cref="NoInvalidation"/> (everything mapped is pinned, so nothing is invalidated); patch 3 replaces it.
/// Asked from: <c>vfio_iommu_type1_dma_map_iopf</c>, and wherever mappings or domains are linked or unlinked.
/// </remarks>
public interface IInvalidationGuard
{
    /// <summary>Keeps invalidations out until the scope is disposed of; innermost of the container's locks.</summary>
    /// <param name="container">The container.</param>
    /// <returns>The scope.</returns>
    LockScope Enter(Type1Container container);

    /// <summary>Notes the state before pages are obtained.</summary>
    /// <param name="container">The container.</param>
    /// <param name="mapping">The mapping they belong to.</param>
    /// <returns>The ticket for <see cref="IsCurrent"/>.</returns>
    InvalidationTicket Begin(Type1Container container, DmaMapping mapping);

    /// <summary>Whether pages obtained since <see cref="Begin"/> are still the CPU's; asked inside <see cref="Enter"/>.</summary>
    /// <param name="container">The container.</param>
    /// <param name="mapping">The mapping they belong to.</param>
    /// <param name="ticket">The state noted before.</param>
    /// <param name="vaddrs">The process addresses of the pages.</param>
    /// <returns>Whether no invalidation of the range ran or is running.</returns>
    bool IsCurrent(Type1Container container, DmaMapping mapping, InvalidationTicket ticket, UserRange vaddrs);

    /// <summary>Sleeps until no invalidation of a range is running; asked with none of the container's locks held.</summary>
    /// <param name="container">The container.</param>
    /// <param name="mm">Whose memory it is.</param>
    /// <param name="vaddrs">The range of process addresses.</param>
    void AwaitEnd(Type1Container container, AddressSpace mm, UserRange vaddrs);
}
