namespace Iopf.Mm;

/// <summary>What stands behind a memory area.</summary>
public enum VmaKind
{
    /// <summary>Private memory: zeros until written, copied on write after a fork.</summary>
    Anonymous,

    /// <summary>Memory that a fork shares with the child.</summary>
    Shared,

    /// <summary>Memory of a device.</summary>
    /// <remarks>Kernel: <c>VM_PFNMAP | VM_IO | VM_SHARED</c>.</remarks>
    PfnMap,
}
