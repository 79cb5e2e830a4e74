namespace Iopf.ArmSmmuV3.Driver;

/// <summary>Which of the SMMU's translation stages a domain's page tables serve.</summary>
/// <remarks>Kernel: <c>enum arm_smmu_domain_stage</c>.</remarks>
public enum TranslationStage
{
    /// <summary>Stage 1: tables are found through a context descriptor and tagged by ASID.</summary>
    Stage1 = 0,

    /// <summary>Stage 2: tables hang off the stream table entry and are tagged by VMID.</summary>
    Stage2,

    /// <summary>Stage 2, asked for by the NESTING attribute so that a guest's stage 1 can be put in front of it.</summary>
    Nested,

    /// <summary>No translation.</summary>
    Bypass,
}
