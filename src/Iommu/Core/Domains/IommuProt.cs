namespace Iopf.Iommu;

/// <summary>What a mapping of a domain grants.</summary>
/// <remarks>Kernel: <c>IOMMU_READ</c> and its fellows; the values are the kernel's.</remarks>
[Flags]
public enum IommuProt
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>The device may read.</summary>
    Read = 1,

    /// <summary>The device may write.</summary>
    Write = 2,

    /// <summary>The accesses are cache coherent.</summary>
    Cache = 4,

    /// <summary>The device may not fetch instructions.</summary>
    NoExec = 8,

    /// <summary>Device memory, not RAM.</summary>
    Mmio = 16,

    /// <summary>Only privileged accesses.</summary>
    Privileged = 32,
}
