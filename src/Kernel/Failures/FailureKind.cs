namespace Iopf.Kernel;

/// <summary>What a kernel may fail to do for reasons that its caller has no part in.</summary>
public enum FailureKind
{
    /// <summary>An allocation: of a frame, of a table, of a kernel structure. ENOMEM.</summary>
    Allocate,

    /// <summary>Obtaining a page of user memory, pinned or referenced. ENOMEM.</summary>
    Pin,

    /// <summary>Entering a range in an IOMMU domain. ENOMEM.</summary>
    Map,

    /// <summary>Splitting a block of an IOMMU domain, of which a part is to be unmapped. Nothing is unmapped.</summary>
    Unmap,

    /// <summary>Switching a feature of a device on. ENOMEM.</summary>
    Feature,

    /// <summary>Registering a fault handler, or a notifier of an address space. ENOMEM.</summary>
    Register,
}
