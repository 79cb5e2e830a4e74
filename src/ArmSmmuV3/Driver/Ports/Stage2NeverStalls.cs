namespace Iopf.ArmSmmuV3.Driver;

/// <summary>The baseline: stage-2 pages are always pinned, so a stage-2 fault is an error and aborts.</summary>
/// <remarks>Kernel: <c>arm_smmu_write_strtab_ent</c> before v6.12 never sets S2S.</remarks>
internal sealed class Stage2NeverStalls : IStage2Stall
{
    public bool StallsFor(ArmSmmuMaster master) => false;
}
