namespace Iopf.Mm;

/// <summary>What stands behind a memory area.</summary>
public enum VmaKind
{
    /// <summary>Private memory: zeros until written, copied on write after a fork.</summary>
    Anonymous,

    /// <summary>Memory that a fork shares with the child.</summary>
    Shared,

    /// <summary>Shared memory that is a file's own pages on persistent memory: nobody may pin them for long.</summary>
    /// <remarks>Kernel: <c>vma_is_fsdax</c>.</remarks>
    DirectAccess,

    /// <summary>Memory of a device.</summary>
    /// <remarks>Kernel: <c>VM_PFNMAP | VM_IO | VM_SHARED</c>.</remarks>
    PfnMap,
}
