namespace Iopf.Iommu;

/// <summary>The stage of translation that faulted.</summary>
/// <remarks>Kernel: the L2 flag that patch 1 adds to both kinds of faults.</remarks>
public enum FaultStage
{
    /// <summary>The first level: virtual or I/O virtual addresses.</summary>
    Stage1,

    /// <summary>The second level: guest-physical addresses.</summary>
    Stage2,
}
