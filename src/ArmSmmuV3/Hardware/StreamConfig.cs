namespace Iopf.ArmSmmuV3.Hardware;

/// <summary>What happens to a stream's traffic: Config of its STE.</summary>
public enum StreamConfig
{
    /// <summary>It is aborted, without an event (values 1 to 3 do the same).</summary>
    Abort = 0,

    /// <summary>It passes untranslated.</summary>
    Bypass = 4,

    /// <summary>Stage 1 translates.</summary>
    Stage1 = 5,

    /// <summary>Stage 2 translates.</summary>
    Stage2 = 6,

    /// <summary>Stage 1 translates to an IPA, stage 2 translates the IPA and every address stage 1 fetches from.</summary>
    Nested = 7,
}
