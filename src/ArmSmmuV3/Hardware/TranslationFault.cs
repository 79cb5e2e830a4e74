namespace Iopf.ArmSmmuV3.Hardware;

/// <summary>Why a transaction could not be translated, and what its configuration wants done about it.</summary>
internal struct TranslationFault
{
    /// <summary>What happened; 0 = nothing.</summary>
    public SmmuEventType Type;

    /// <summary>Whether stage 2 faulted.</summary>
    public bool IsStage2;

    /// <summary>Whose address caused it.</summary>
    public FaultClass Class;

    /// <summary>The IPA that faulted, or the address that could not be read: word 3 of the record.</summary>
    public ulong Ipa;

    /// <summary>What the transaction wanted, after the STE's overrides.</summary>
    public AccessRights Access;

    /// <summary>Whether the transaction stalls.</summary>
    public bool Stalls;

    /// <summary>Whether the event is recorded when the transaction is terminated.</summary>
    public bool IsRecorded;

    /// <summary>Whether its record may be merged with an identical one (STE.MEV).</summary>
    public bool MayMerge;

    /// <summary>Whether a terminated transaction aborts; if not it reads as zero and ignores writes.</summary>
    public bool Aborts;

    /// <summary>Whether it is one of the four faults of a translation, which alone can stall.</summary>
    public readonly bool IsTranslationRelated => Type is >= SmmuEventType.F_TRANSLATION and <= SmmuEventType.F_PERMISSION;

    /// <summary>A fault that always aborts: every error of configuration.</summary>
    public static TranslationFault Abort(SmmuEventType type, bool isRecorded = true, ulong fetchAddress = 0) =>
        new() { Type = type, Ipa = fetchAddress, IsRecorded = isRecorded, Aborts = true };
}
