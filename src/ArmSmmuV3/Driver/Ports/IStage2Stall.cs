namespace Iopf.ArmSmmuV3.Driver;

/// <summary>Does a stream table entry with stage-2 tables make stage-2 faults stall (STE.S2S)?</summary>
/// <remarks>Kernel: the S2S field in <c>arm_smmu_write_strtab_ent</c>. Asked for stage-2 and nested entries only.</remarks>
public interface IStage2Stall
{
    /// <summary>Answers for the entry of one master.</summary>
    /// <param name="master">The master whose streams get the entry.</param>
    /// <returns>Whether S2S is set.</returns>
    bool StallsFor(ArmSmmuMaster master);
}
