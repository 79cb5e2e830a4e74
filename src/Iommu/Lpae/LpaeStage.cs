namespace Iopf.Iommu.Lpae;

/// <summary>Which stage of translation a table serves: the permission bits differ.</summary>
/// <remarks>Kernel: <c>ARM_64_LPAE_S1</c>, <c>ARM_64_LPAE_S2</c>.</remarks>
public enum LpaeStage
{
    /// <summary>Virtual or I/O virtual addresses.</summary>
    Stage1,

    /// <summary>Guest-physical addresses.</summary>
    Stage2,
}
