using Iopf.ArmSmmuV3.Hardware;

namespace Iopf.SmmuLog;

/// <summary>Says what causes a fault: for one on the walk of a stage-1 table or on a context descriptor, which mapping is missing.</summary>
internal static class FaultCause
{
    public static string Of(EventFacts facts, EventDescription description)
    {
        string? structure = facts.Class switch
        {
            FaultClass.TranslationTable => "the stage-1 table",
            FaultClass.ContextDescriptor => "the context descriptor (CD)",
            _ => null,
        };
        if (structure is null || facts.Type is not SmmuEventType type)
        {
            return description.Cause;
        }

        string access = facts.IsTableRead == false ? "an update of" : "a read of";
        if (facts.IsStage2 != true)
        {
            return $"The fault is on {access} {structure}, not on the device's own address. {description.Cause}";
        }

        string place = facts.Ipa is ulong ipa ? $"{structure} at IPA 0x{ipa:x}" : structure;
        string missing = type switch
        {
            SmmuEventType.F_TRANSLATION => $"Stage 2 does not map {place}",
            SmmuEventType.F_PERMISSION => $"Stage 2 does not grant {access} {place}",
            SmmuEventType.F_ACCESS => $"Stage 2 maps {place} with a clear access flag",
            SmmuEventType.F_ADDR_SIZE => $"Stage 2 leads from {place} to an address wider than its output",
            _ => $"{description.Name} on {access} {place}",
        };
        return $"{missing}: the guest keeps its structures in memory that the hypervisor has not mapped for the SMMU this way. The device's address does not matter here.";
    }
}
