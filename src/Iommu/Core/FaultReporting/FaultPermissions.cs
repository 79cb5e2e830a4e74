namespace Iopf.Iommu;

/// <summary>The access that faulted.</summary>
/// <remarks>Kernel: <c>IOMMU_FAULT_PERM_*</c>; the values are the kernel's.</remarks>
[Flags]
public enum FaultPermissions
{
    /// <summary>None stated.</summary>
    None = 0,

    /// <summary>A read.</summary>
    Read = 1,

    /// <summary>A write.</summary>
    Write = 2,

    /// <summary>An instruction fetch.</summary>
    Execute = 4,

    /// <summary>A privileged access.</summary>
    Privileged = 8,
}
