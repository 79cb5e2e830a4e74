using Iopf.ArmSmmuV3.Driver;
using Iopf.ArmSmmuV3.Hardware;

namespace Iopf.Machine;

/// <summary>One SMMU.</summary>
/// <param name="Name">Its name.</param>
/// <param name="StallModel">What it does with a faulting transaction.</param>
/// <remarks>Specification: SMMU_IDR0.STALL_MODEL.</remarks>
public sealed record SmmuSpec(string Name, StallModel StallModel)
{
    /// <summary>Whether its events tell their class; QEMU's model leaves it zero.</summary>
    public bool ReportsEventClass { get; init; } = true;

    /// <summary>How many event records its queue holds, as log2; from 0 to 7.</summary>
    public int EventQueueLog2Size { get; init; } = 7;

    /// <summary>What its domains do differently, to stand for another IOMMU.</summary>
    public SmmuQuirks Quirks { get; init; } = new();
}
