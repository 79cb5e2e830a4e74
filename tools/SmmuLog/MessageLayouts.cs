using Iopf.ArmSmmuV3.Hardware;

namespace Iopf.SmmuLog;

/// <summary>The fields of commands and event records.</summary>
/// <remarks>Arm IHI 0070, sections 4 and 7.3.</remarks>
internal static class MessageLayouts
{
    private static readonly FieldLayout s_opcode = new("Opcode", 0, 7, 0);
    private static readonly FieldLayout s_secure = new("SSec", 0, 10, 10);
    private static readonly FieldLayout s_substreamValid = new("SSV", 0, 11, 11, "no substream", "SubstreamID counts");
    private static readonly FieldLayout s_substream = new("SubstreamID", 0, 31, 12);
    private static readonly FieldLayout s_stream = new("StreamID", 0, 63, 32);
    private static readonly FieldLayout s_leaf = new("Leaf", 1, 0, 0, "all levels", "last level only");

    private static readonly FieldLayout[] s_invalidation =
    [
        s_opcode, new("NUM", 0, 16, 12), new("SCALE", 0, 24, 20), new("VMID", 0, 47, 32), new("ASID", 0, 63, 48), s_leaf,
        new("TTL", 1, 9, 8), new("TG", 1, 11, 10, "one address, not a range", "4 KiB", "16 KiB", "64 KiB"), FieldLayout.Address("Address", 1, 63, 12),
    ];

    /// <summary>The fields of a command.</summary>
    public static FieldLayout[] Command(string? name) => name switch
    {
        "CMD_PREFETCH_CONFIG" => [s_opcode, s_secure, s_substreamValid, s_substream, s_stream],
        "CMD_PREFETCH_ADDR" => [s_opcode, s_secure, s_substreamValid, s_substream, s_stream, new("Size", 1, 4, 0), FieldLayout.Address("Address", 1, 63, 12)],
        "CMD_CFGI_STE" => [s_opcode, s_secure, s_stream, s_leaf],
        "CMD_CFGI_STE_RANGE" => [s_opcode, s_secure, s_stream, new("Range", 1, 4, 0)],
        "CMD_CFGI_CD" => [s_opcode, s_secure, s_substream, s_stream, s_leaf],
        "CMD_CFGI_CD_ALL" => [s_opcode, s_secure, s_stream],
        "CMD_CFGI_VMS_PIDM" => [s_opcode, s_secure, new("VMID", 0, 47, 32)],
        "CMD_ATC_INV" =>
        [
            s_opcode, new("Global", 0, 9, 9), s_secure, s_substreamValid, s_substream, s_stream, new("Size", 1, 5, 0), FieldLayout.Address("Address", 1, 63, 12),
        ],
        "CMD_PRI_RESP" =>
        [
            s_opcode, s_secure, s_substreamValid, s_substream, s_stream, new("PRGIndex", 1, 8, 0), new("Resp", 1, 13, 12, "failure", "invalid", "success", "reserved"),
        ],
        "CMD_RESUME" =>
        [
            s_opcode, s_secure, new("Ac", 0, 12, 12, "end it", "try again"), new("Ab", 0, 13, 13, "as if it read zero", "abort"), s_stream, new("STAG", 1, 15, 0),
        ],
        "CMD_STALL_TERM" => [s_opcode, s_secure, s_stream],
        "CMD_SYNC" =>
        [
            s_opcode, new("CS", 0, 13, 12, "no signal", "interrupt or message", "event", "reserved"), new("MSH", 0, 23, 22), new("MSIAttr", 0, 27, 24),
            new("MSIData", 0, 63, 32), FieldLayout.Address("MSIAddress", 1, 55, 2),
        ],
        not null => s_invalidation,
        null => [s_opcode],
    };

    /// <summary>The fields of an event record.</summary>
    public static FieldLayout[] Event(SmmuEventType type)
    {
        EventDescription description = EventDescription.Of(type);
        List<FieldLayout> fields = [new("type", 0, 7, 0), s_substreamValid, s_substream, s_stream];
        void Add(EventFields field, params FieldLayout[] layouts) => fields.AddRange(description.Has(field) ? layouts : []);
        Add(EventFields.Stall, new FieldLayout("STAG", 1, 15, 0), new FieldLayout("STALL", 1, 31, 31, "terminated", "waits for CMD_RESUME"));
        Add(EventFields.Attributes, new FieldLayout("PnU", 1, 33, 33, "unprivileged", "privileged"), new FieldLayout("InD", 1, 34, 34, "data", "instruction"));
        Add(EventFields.ReadWrite, new FieldLayout("RnW", 1, 35, 35, "write", "read"));
        Add(EventFields.Stage, new FieldLayout("NSIPA", 1, 38, 38), new FieldLayout("S2", 1, 39, 39, "stage 1", "stage 2"));
        Add(EventFields.Class, new FieldLayout("CLASS", 1, 41, 40, "CD: a context descriptor", "TT: a stage-1 table", "IN: the input address", "reserved"));
        Add(EventFields.Class, new FieldLayout("TTRnW", 1, 44, 44, "the table is written", "the table is read"));
        Add(EventFields.InputAddress, FieldLayout.Address("InputAddr", 2, 63, 0));
        Add(EventFields.Ipa, FieldLayout.Address("IPA", 3, 55, 12));
        Add(EventFields.FetchAddress, FieldLayout.Address("FetchAddr", 3, 55, 3));
        return [.. fields];
    }
}
