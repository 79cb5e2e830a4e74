namespace Iopf.Kernel;

/// <summary>The layers a fault travels through, from the device down and back.</summary>
public enum TraceLayer
{
    /// <summary>User space: ioctls, CPU accesses, memory calls.</summary>
    User,

    /// <summary>The device and its DMA engine.</summary>
    Device,

    /// <summary>The SMMU hardware.</summary>
    Smmu,

    /// <summary>The SMMU's driver.</summary>
    SmmuDriver,

    /// <summary>The iommu core.</summary>
    IommuCore,

    /// <summary>The VFIO core and its bus drivers.</summary>
    Vfio,

    /// <summary>The type1 backend.</summary>
    Type1,

    /// <summary>Host memory management.</summary>
    Mm,
}
