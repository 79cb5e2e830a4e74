using Iopf.ArmSmmuV3.Hardware;
using Iopf.Patches;

namespace Iopf.SmmuLog;

/// <summary>Takes structures of an SMMU apart: every field by its name in the specification, what is illegal, what Linux does.</summary>
public static class StructureDecoder
{
    private const int EventWords = 4;
    private const int RuledWords = 4;
    private const ulong TableBits = 3;

    /// <summary>How many words a structure has at least and at most.</summary>
    /// <param name="kind">Which.</param>
    /// <returns>The numbers.</returns>
    public static (int Least, int Most) WordsOf(StructureKind kind) => kind switch
    {
        StructureKind.Ste or StructureKind.Cd => (1, 8),
        StructureKind.Pte => (1, 1),
        StructureKind.Cmd => (2, 2),
        _ => (EventWords, EventWords),
    };

    /// <summary>Takes a structure apart.</summary>
    /// <param name="kind">Which.</param>
    /// <param name="words">Its words; fields of words that are missing are left out, and what depends on them is not judged.</param>
    /// <param name="patches">Which patches the kernel has that is asked what it does.</param>
    /// <returns>Its fields.</returns>
    public static DecodedStructure Decode(StructureKind kind, IReadOnlyList<ulong> words, PatchSet patches)
    {
        ArgumentNullException.ThrowIfNull(words);
        string? command = kind == StructureKind.Cmd ? CommandNames.Of((byte)words[0]) : null;
        DecodedField[] fields = [.. LayoutOf(kind, words[0], command).Where(layout => layout.Word < words.Count).Select(layout => layout.Of(words))];
        ulong Field(string name) => Array.Find(fields, field => field.Name == name)?.Value ?? 0;
        (string name, IEnumerable<string> illegal, string linux) = kind switch
        {
            StructureKind.Ste => ("stream table entry (STE)", words.Count < RuledWords ? [] : StructureRules.OfSte(Field), OfSte(Field)),
            StructureKind.Cd => ("context descriptor (CD)", words.Count < RuledWords ? [] : StructureRules.OfCd(Field), OfCd(Field)),
            StructureKind.Pte => ("descriptor of a translation table", StructureRules.OfPte(Field), OfPte(words[0])),
            StructureKind.Cmd => (command ?? "command of unknown opcode", StructureRules.OfCommand(command, Field), OfCommand(command)),
            _ => OfEvent(words, Field, patches),
        };
        return new DecodedStructure(name, words, fields, [.. illegal], linux);
    }

    private static FieldLayout[] LayoutOf(StructureKind kind, ulong first, string? command) => kind switch
    {
        StructureKind.Ste => TableLayouts.Ste,
        StructureKind.Cd => TableLayouts.Cd,
        StructureKind.Pte => [.. TableLayouts.Leaf, .. (first & TableBits) == TableBits ? TableLayouts.Table.Skip(2) : []],
        StructureKind.Cmd => MessageLayouts.Command(command),
        _ => MessageLayouts.Event((SmmuEventType)(byte)first),
    };

    private static string OfSte(Func<string, ulong> field) => field("Config") switch
    {
        _ when field("V") == 0 => "Linux leaves streams that no driver owns at an STE that aborts or bypasses, valid; an invalid one belongs to a stream that was never set up.",
        4 => "Linux writes bypass for an identity domain (iommu.passthrough) and for firmware's reserved regions.",
        5 => "Linux writes stage 1 for DMA domains and SVA. S1STALLD stays 0 only if the SMMU stalls or the device can be made to: then faults are reported as page requests.",
        6 => "Linux writes stage 2 for VFIO's nesting type before 6.11 and for the parent of a nested domain; the series lets it set S2S, so that stage-2 faults stall.",
        7 => "Linux writes both stages for a nested domain: stage 1 is the guest's, stage 2 the host's. A stage-2 fault with class TT or CD means that stage 2 lacks the guest's tables.",
        _ => "Linux writes abort for a blocked device.",
    };

    private static string OfCd(Func<string, ulong> field) =>
        field("V") == 0 ? "Linux clears the CD of a PASID that is unbound."
        : field("S") == 1 ? "Linux set S: the device may stall, and the driver reports its faults as page requests to the handler of the device."
        : "Linux left S clear: faults are terminated and only printed; I/O page faults by stall need S.";

    private static string OfPte(ulong word) =>
        (word & 1) == 0 ? "Linux wrote no mapping here, or has removed it."
        : (word & TableBits) == TableBits ? "Above level 3 a pointer to the next table, at level 3 a page; Linux marks a table that it has made visible in bit 55."
        : "A block, which Linux uses for 2 MiB and 1 GiB where address and size allow.";

    private static string OfCommand(string? name) => name switch
    {
        null => "Linux replaces it by CMD_SYNC after CERROR_ILL and goes on.",
        "CMD_RESUME" => "Linux sends it when a fault handler has answered a stalled fault: retry on success, abort otherwise.",
        "CMD_SYNC" => "Linux waits up to 1 s for it; then it prints \"CMD_SYNC timeout\".",
        "CMD_PRI_RESP" => "Linux sends it to deny a page request without a handler.",
        "CMD_ATC_INV" => "Linux sends it after each unmap for a device with ATS; a device that does not answer stops the next CMD_SYNC (CERROR_ATC_INV_SYNC).",
        _ when name.StartsWith("CMD_TLBI", StringComparison.Ordinal) => "Linux sends it after an unmap, before the memory is used again.",
        _ => "Linux sends it after a change of the stream's configuration.",
    };

    private static (string Name, IEnumerable<string> Illegal, string Linux) OfEvent(IReadOnlyList<ulong> words, Func<string, ulong> field, PatchSet patches)
    {
        EventRecord record = new(words[0], words[1], words[2], words[3]);
        EventDescription description = EventDescription.Of(record.Type);
        using ModelDriver model = new(patches);
        string cause = FaultCause.Of(EventFacts.Of(record), description);
        return (description.Name, StructureRules.OfEvent(record.Type, field), $"{cause} {model.Ask(record).Text}");
    }
}
