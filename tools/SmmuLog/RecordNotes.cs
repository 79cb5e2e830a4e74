using Iopf.ArmSmmuV3.Hardware;

namespace Iopf.SmmuLog;

/// <summary>What surprises in a record and is no error.</summary>
internal static class RecordNotes
{
    private const ulong TagMask = 0xffff;

    public static List<string> Of(in EventRecord words)
    {
        EventDescription description = EventDescription.Of(words.Type);
        List<string> notes = [];
        if (description.Has(EventFields.Stall) && !words.IsStall && (words.Word1 & TagMask) != 0)
        {
            notes.Add($"word 1 holds 0x{words.StallTag:x} in the place of the stall tag, but STALL is clear: it means nothing");
        }

        if (description.Has(EventFields.Ipa) && !words.IsStage2 && words.Ipa != 0)
        {
            notes.Add($"word 3 is not zero, but the fault is one of stage 1: it is no IPA (Linux 6.13 prints it as ipa: 0x{words.Ipa:x})");
        }

        if (description.Fields is EventFields.None or EventFields.Substream && (words.Word1 | words.Word2 | words.Word3) != 0)
        {
            notes.Add("words 1 to 3 are not zero, but this type of event does not use them: they mean nothing");
        }

        return notes;
    }
}
