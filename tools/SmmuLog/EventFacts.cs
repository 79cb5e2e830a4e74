using Iopf.ArmSmmuV3.Hardware;

namespace Iopf.SmmuLog;

/// <summary>What one event says; a field that is not known, or that carries no meaning for the type, is null.</summary>
/// <remarks>Arm IHI 0070, section 7.3.</remarks>
public sealed record EventFacts
{
    /// <summary>The type; null if no line of the record tells it.</summary>
    public SmmuEventType? Type { get; init; }

    /// <summary>The stream ID.</summary>
    public uint? StreamId { get; init; }

    /// <summary>The substream ID; null also if the transaction had none.</summary>
    public uint? SubstreamId { get; init; }

    /// <summary>The address the device issued.</summary>
    public ulong? InputAddress { get; init; }

    /// <summary>The intermediate physical address of a stage-2 fault.</summary>
    public ulong? Ipa { get; init; }

    /// <summary>The address of the structure that could not be fetched.</summary>
    public ulong? FetchAddress { get; init; }

    /// <summary>Whether the access was a read.</summary>
    public bool? IsRead { get; init; }

    /// <summary>Whether the access was privileged.</summary>
    public bool? IsPrivileged { get; init; }

    /// <summary>Whether the access was an instruction fetch.</summary>
    public bool? IsInstruction { get; init; }

    /// <summary>Whether stage 2 faulted.</summary>
    public bool? IsStage2 { get; init; }

    /// <summary>Whose address faulted; 3 is reserved.</summary>
    public FaultClass? Class { get; init; }

    /// <summary>TTRnW: whether a descriptor of a stage-1 table was read or written; null for other classes.</summary>
    public bool? IsTableRead { get; init; }

    /// <summary>Whether the transaction waits for CMD_RESUME.</summary>
    public bool? IsStall { get; init; }

    /// <summary>The tag CMD_RESUME names; null unless the transaction waits.</summary>
    public ushort? StallTag { get; init; }

    /// <summary>Reads whole words.</summary>
    /// <param name="record">The four words.</param>
    /// <returns>What they say.</returns>
    public static EventFacts Of(in EventRecord record) => Of(record, record.Type, hasWord0: true, hasWord1: true, hasWord2: true, hasWord3: true);

    /// <summary>Reads those words that are there.</summary>
    /// <param name="record">The words; a missing one is 0.</param>
    /// <param name="type">The type.</param>
    /// <param name="hasWord0">Whether word 0 is there.</param>
    /// <param name="hasWord1">Whether word 1 is there.</param>
    /// <param name="hasWord2">Whether word 2 is there.</param>
    /// <param name="hasWord3">Whether word 3 is there.</param>
    /// <returns>What they say.</returns>
    internal static EventFacts Of(in EventRecord record, SmmuEventType type, bool hasWord0, bool hasWord1, bool hasWord2, bool hasWord3)
    {
        EventDescription description = EventDescription.Of(type);
        bool Means(bool there, EventFields field) => there && description.Has(field);
        bool isStage2 = Means(hasWord1, EventFields.Stage) && record.IsStage2;
        bool isStall = Means(hasWord1, EventFields.Stall) && record.IsStall;
        uint? always = description.Has(EventFields.Substream) ? (uint)(record.Word0 >> 12) & 0xf_ffff : null;
        return new EventFacts
        {
            Type = type,
            StreamId = hasWord0 ? record.StreamId : null,
            SubstreamId = hasWord0 ? record.SubstreamId ?? always : null,
            InputAddress = Means(hasWord2, EventFields.InputAddress) ? AddressOf(record.Word2, type) : null,
            Ipa = isStage2 && Means(hasWord3, EventFields.Ipa) ? record.Ipa : null,
            FetchAddress = Means(hasWord3, EventFields.FetchAddress) ? record.Word3 & FetchMask : null,
            IsRead = Means(hasWord1, EventFields.ReadWrite) ? record.IsRead : null,
            IsPrivileged = Means(hasWord1, EventFields.Attributes) ? record.IsPrivileged : null,
            IsInstruction = Means(hasWord1, EventFields.Attributes) ? record.IsInstruction : null,
            IsStage2 = Means(hasWord1, EventFields.Stage) ? isStage2 : null,
            Class = Means(hasWord1, EventFields.Class) ? record.Class : null,
            IsTableRead = Means(hasWord1, EventFields.Class) && record.Class == FaultClass.TranslationTable ? (record.Word1 & TableReadBit) != 0 : null,
            IsStall = Means(hasWord1, EventFields.Stall) ? isStall : null,
            StallTag = isStall ? record.StallTag : null,
        };
    }

    /// <summary>TTRnW: whether the access to the table was a read; it means something for the class of tables.</summary>
    internal const ulong TableReadBit = 1UL << 44;

    /// <summary>Bits 55:3 of word 3.</summary>
    internal const ulong FetchMask = 0x00ff_ffff_ffff_fff8;

    private const ulong PageMask = ~0xfffUL;

    /// <summary>A page request tells only the page.</summary>
    private static ulong AddressOf(ulong word, SmmuEventType type) => type == SmmuEventType.E_PAGE_REQUEST ? word & PageMask : word;
}
