namespace Iopf.Mm;

/// <summary>Why translations of a range are invalidated.</summary>
/// <remarks>Kernel: <c>enum mmu_notifier_event</c>.</remarks>
public enum InvalidationReason
{
    /// <summary>The pages are unmapped or moved.</summary>
    /// <remarks>Kernel: <c>MMU_NOTIFY_UNMAP</c>.</remarks>
    Unmap,

    /// <summary>The entries are cleared, perhaps to point elsewhere later.</summary>
    /// <remarks>Kernel: <c>MMU_NOTIFY_CLEAR</c>.</remarks>
    Clear,

    /// <summary>The access of the whole area changes.</summary>
    /// <remarks>Kernel: <c>MMU_NOTIFY_PROTECTION_VMA</c>.</remarks>
    ProtectionVma,

    /// <summary>Single pages become read-only.</summary>
    /// <remarks>Kernel: <c>MMU_NOTIFY_PROTECTION_PAGE</c>.</remarks>
    ProtectionPage,
}
