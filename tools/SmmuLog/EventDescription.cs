using Iopf.ArmSmmuV3.Hardware;

namespace Iopf.SmmuLog;

/// <summary>What the specification says of one type of event.</summary>
/// <remarks>Arm IHI 0070, section 7.3.</remarks>
/// <param name="Type">The type.</param>
/// <param name="Name">Its name in the specification.</param>
/// <param name="Fields">Which fields carry meaning.</param>
/// <param name="Cause">One sentence: what causes it.</param>
public sealed record EventDescription(SmmuEventType Type, string Name, EventFields Fields, string Cause)
{
    private const EventFields Access = EventFields.InputAddress | EventFields.ReadWrite | EventFields.Attributes;
    private const string Unknown = "UNKNOWN";
    private const byte FirstOfImplementation = 0xe0;
    private const byte LastOfImplementation = 0xef;

    private static readonly EventDescription[] s_known =
    [
        new(SmmuEventType.F_UUT, "F_UUT", Access, "The bus delivered a kind of transaction that this SMMU does not support."),
        new(SmmuEventType.C_BAD_STREAMID, "C_BAD_STREAMID", EventFields.None,
            "The stream ID lies beyond the stream table, or its first-level descriptor leads nowhere: firmware and driver do not know this device."),
        new(SmmuEventType.F_STE_FETCH, "F_STE_FETCH", EventFields.FetchAddress,
            "The stream table entry could not be read from memory: the bus aborted the fetch, or its address is out of range."),
        new(SmmuEventType.C_BAD_STE, "C_BAD_STE", EventFields.None,
            "The stream table entry is not valid, or its configuration is one that the specification calls illegal."),
        new(SmmuEventType.F_BAD_ATS_TREQ, "F_BAD_ATS_TREQ", EventFields.InputAddress,
            "A PCIe device asked for a translation (ATS) although its stream may not, or although the SMMU is off."),
        new(SmmuEventType.F_STREAM_DISABLED, "F_STREAM_DISABLED", EventFields.None,
            "The stream translates by substream only and a transaction came without one (or with substream 0 where that is reserved)."),
        new(SmmuEventType.F_TRANSL_FORBIDDEN, "F_TRANSL_FORBIDDEN", EventFields.InputAddress | EventFields.ReadWrite,
            "A PCIe device sent an address it calls translated already (ATS), which is not allowed for its stream."),
        new(SmmuEventType.C_BAD_SUBSTREAMID, "C_BAD_SUBSTREAMID", EventFields.Substream,
            "The substream ID lies beyond the table of context descriptors, or the stream has no substreams at all."),
        new(SmmuEventType.F_CD_FETCH, "F_CD_FETCH", EventFields.FetchAddress,
            "The context descriptor could not be read from memory: the bus aborted the fetch, or its address is out of range."),
        new(SmmuEventType.C_BAD_CD, "C_BAD_CD", EventFields.None,
            "The context descriptor is not valid, or its configuration is one that the specification calls illegal."),
        new(SmmuEventType.F_WALK_EABT, "F_WALK_EABT", Access | EventFields.Stage | EventFields.Class | EventFields.FetchAddress,
            "The bus aborted the fetch or the update of a descriptor of a translation table."),
        new(SmmuEventType.F_TRANSLATION, "F_TRANSLATION", EventFields.Translation,
            "No valid translation exists for the address: nothing is mapped there, or the address lies outside what the tables cover."),
        new(SmmuEventType.F_ADDR_SIZE, "F_ADDR_SIZE", EventFields.Translation,
            "A descriptor on the way leads to an address wider than the output of its stage."),
        new(SmmuEventType.F_ACCESS, "F_ACCESS", EventFields.Translation,
            "The page is mapped, but its access flag is clear and the SMMU does not set it itself."),
        new(SmmuEventType.F_PERMISSION, "F_PERMISSION", EventFields.Translation,
            "The page is mapped, but the mapping does not grant this kind of access."),
        new(SmmuEventType.F_TLB_CONFLICT, "F_TLB_CONFLICT", Access | EventFields.Stage | EventFields.Ipa,
            "Two entries of the TLB match the address: tables changed without the invalidation that this needs."),
        new(SmmuEventType.F_CFG_CONFLICT, "F_CFG_CONFLICT", EventFields.None,
            "Two cached stream table entries match the stream: their CONT fields overlap."),
        new(SmmuEventType.E_PAGE_REQUEST, "E_PAGE_REQUEST", EventFields.InputAddress,
            "A device announces that it will soon use this page; a hint that asks for no answer."),
        new(SmmuEventType.F_VMS_FETCH, "F_VMS_FETCH", EventFields.FetchAddress,
            "The virtual machine structure of the stream could not be read from memory."),
    ];

    private static readonly EventDescription[] s_all = [.. Enumerable.Range(0, 256).Select(number => Describe((byte)number))];

    /// <summary>Describes a type.</summary>
    /// <param name="type">Bits 7:0 of word 0.</param>
    /// <returns>The description; a type that the specification does not define is called UNKNOWN.</returns>
    public static EventDescription Of(SmmuEventType type) => s_all[(byte)type];

    /// <summary>Whether the specification defines a type, or leaves its number to implementations.</summary>
    /// <param name="type">Bits 7:0 of word 0.</param>
    /// <returns>Whether it does.</returns>
    internal static bool IsDefined(SmmuEventType type) =>
        s_all[(byte)type].Name != Unknown;

    /// <summary>Finds a type by its name in the specification.</summary>
    /// <param name="name">The name.</param>
    /// <returns>The description; null if there is no such name.</returns>
    public static EventDescription? Named(ReadOnlySpan<char> name)
    {
        foreach (EventDescription known in s_known)
        {
            if (name.SequenceEqual(known.Name))
            {
                return known;
            }
        }

        return null;
    }

    /// <summary>Whether the type carries a field.</summary>
    /// <param name="field">The field.</param>
    /// <returns>Whether it does.</returns>
    public bool Has(EventFields field) => (Fields & field) != 0;

    private static EventDescription Describe(byte number) =>
        Array.Find(s_known, known => (byte)known.Type == number) is { } description ? description
        : number is >= FirstOfImplementation and <= LastOfImplementation
            ? new((SmmuEventType)number, $"IMPDEF_EVENT{number - FirstOfImplementation}", EventFields.None, "Left to the implementation: only the SMMU's own manual knows.")
            : new((SmmuEventType)number, Unknown, EventFields.None, "The specification defines no event of this number.");
}
