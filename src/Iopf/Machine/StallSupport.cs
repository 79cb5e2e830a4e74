namespace Iopf.Machine;

/// <summary>What an SMMU can do with a faulting transaction.</summary>
/// <remarks>Specification: SMMU_IDR0.STALL_MODEL; the values are the field's.</remarks>
public enum StallSupport
{
    /// <summary>Software chooses per context whether a faulting transaction stalls.</summary>
    StallOrTerminate = 0,

    /// <summary>Faulting transactions end at once.</summary>
    TerminateOnly = 1,

    /// <summary>Faulting transactions always stall.</summary>
    StallForced = 2,
}
