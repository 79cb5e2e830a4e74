namespace Iopf.ArmSmmuV3.Hardware;

/// <summary>What an SMMU can do with a faulting transaction.</summary>
/// <remarks>Arm IHI 0070: <c>SMMU_IDR0.STALL_MODEL</c>.</remarks>
public enum StallModel
{
    /// <summary>Each context chooses: stall or terminate.</summary>
    StallOrTerminate = 0,

    /// <summary>Faulting transactions are always terminated; a context that asks for stalls is illegal.</summary>
    TerminateOnly = 1,

    /// <summary>Faulting transactions always stall; a context that does not ask for stalls is illegal.</summary>
    StallForced = 2,
}
