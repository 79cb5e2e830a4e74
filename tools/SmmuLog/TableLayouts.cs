namespace Iopf.SmmuLog;

/// <summary>The fields of stream table entries, context descriptors and descriptors of translation tables.</summary>
/// <remarks>Arm IHI 0070, sections 5.2 and 5.4; Arm DDI 0487, section D8.3.</remarks>
internal static class TableLayouts
{
    private static readonly string[] s_cache = ["non-cacheable", "write-back, read and write allocate", "write-through", "write-back, no write allocate"];
    private static readonly string[] s_share = ["non-shareable", "reserved", "outer shareable", "inner shareable"];
    private static readonly string[] s_size = ["32 bits", "36 bits", "40 bits", "42 bits", "44 bits", "48 bits", "52 bits", "56 bits"];

    /// <summary>A stream table entry.</summary>
    public static FieldLayout[] Ste { get; } =
    [
        new("V", 0, 0, 0, "invalid", "valid"),
        new("Config", 0, 3, 1, "abort", "abort, reserved", "abort, reserved", "abort, reserved", "bypass", "stage 1", "stage 2", "stage 1 and stage 2 (nested)"),
        new("S1Fmt", 0, 5, 4, "one CD or a linear table", "two levels, leaves of 4 KiB", "two levels, leaves of 64 KiB", "reserved"),
        FieldLayout.Address("S1ContextPtr", 0, 55, 6),
        new("S1CDMax", 0, 63, 59, "one CD: no substreams"),
        new("S1DSS", 1, 1, 0, "without a substream: terminated", "without a substream: stage 1 is bypassed", "without a substream: CD 0", "reserved"),
        new("S1CIR", 1, 3, 2, s_cache),
        new("S1COR", 1, 5, 4, s_cache),
        new("S1CSH", 1, 7, 6, s_share),
        new("DRE", 1, 12, 12),
        new("CONT", 1, 16, 13),
        new("DCP", 1, 17, 17),
        new("PPAR", 1, 18, 18),
        new("MEV", 1, 19, 19, "", "equal records may be merged"),
        new("S2FWB", 1, 25, 25),
        new("S1MPAM", 1, 26, 26),
        new("S1STALLD", 1, 27, 27, "stage-1 faults may stall", "stage-1 faults never stall"),
        new("EATS", 1, 29, 28, "no ATS", "full ATS", "split-stage ATS", "reserved"),
        new("STRW", 1, 31, 30, "EL1", "reserved", "EL2", "reserved"),
        new("MemAttr", 1, 35, 32),
        new("MTCFG", 1, 36, 36),
        new("ALLOCCFG", 1, 40, 37),
        new("SHCFG", 1, 45, 44, "non-shareable", "as the transaction says", "outer shareable", "inner shareable"),
        new("NSCFG", 1, 47, 46),
        new("PRIVCFG", 1, 49, 48, "as the transaction says", "reserved", "unprivileged", "privileged"),
        new("INSTCFG", 1, 51, 50, "as the transaction says", "reserved", "data", "instruction"),
        new("S2VMID", 2, 15, 0),
        new("S2T0SZ", 2, 37, 32),
        new("S2SL0", 2, 39, 38),
        new("S2IR0", 2, 41, 40, s_cache),
        new("S2OR0", 2, 43, 42, s_cache),
        new("S2SH0", 2, 45, 44, s_share),
        new("S2TG", 2, 47, 46, "4 KiB", "64 KiB", "16 KiB", "reserved"),
        new("S2PS", 2, 50, 48, s_size),
        new("S2AA64", 2, 51, 51, "AArch32 tables", "AArch64 tables"),
        new("S2ENDI", 2, 52, 52, "little-endian", "big-endian"),
        new("S2AFFD", 2, 53, 53),
        new("S2PTW", 2, 54, 54),
        new("S2HD", 2, 55, 55),
        new("S2HA", 2, 56, 56),
        new("S2S", 2, 57, 57, "stage-2 faults are terminated", "stage-2 faults stall"),
        new("S2R", 2, 58, 58, "terminated stage-2 faults are not recorded", "terminated stage-2 faults are recorded"),
        FieldLayout.Address("S2TTB", 3, 55, 4),
    ];

    /// <summary>A context descriptor.</summary>
    public static FieldLayout[] Cd { get; } =
    [
        new("T0SZ", 0, 5, 0),
        new("TG0", 0, 7, 6, "4 KiB", "64 KiB", "16 KiB", "reserved"),
        new("IR0", 0, 9, 8, s_cache),
        new("OR0", 0, 11, 10, s_cache),
        new("SH0", 0, 13, 12, s_share),
        new("EPD0", 0, 14, 14, "TTB0 is walked", "TTB0 is not walked: its addresses fault"),
        new("ENDI", 0, 15, 15, "little-endian", "big-endian"),
        new("T1SZ", 0, 21, 16),
        new("TG1", 0, 23, 22, "reserved", "16 KiB", "4 KiB", "64 KiB"),
        new("IR1", 0, 25, 24, s_cache),
        new("OR1", 0, 27, 26, s_cache),
        new("SH1", 0, 29, 28, s_share),
        new("EPD1", 0, 30, 30, "TTB1 is walked", "TTB1 is not walked: its addresses fault"),
        new("V", 0, 31, 31, "invalid", "valid"),
        new("IPS", 0, 34, 32, s_size),
        new("AFFD", 0, 35, 35),
        new("WXN", 0, 36, 36),
        new("UWXN", 0, 37, 37),
        new("TBI0", 0, 38, 38),
        new("TBI1", 0, 39, 39),
        new("PAN", 0, 40, 40),
        new("AA64", 0, 41, 41, "AArch32 tables", "AArch64 tables"),
        new("HD", 0, 42, 42),
        new("HA", 0, 43, 43),
        new("S", 0, 44, 44, "faults are terminated", "faults stall"),
        new("R", 0, 45, 45, "terminated faults are not recorded", "faults are recorded"),
        new("A", 0, 46, 46, "terminated: reads as zero, writes ignored", "terminated: abort"),
        new("ASET", 0, 47, 47, "shared ASID: broadcast TLB maintenance applies", "ASID of its own"),
        new("ASID", 0, 63, 48),
        new("NSCFG0", 1, 0, 0),
        new("HAD0", 1, 1, 1),
        FieldLayout.Address("TTB0", 1, 55, 4),
        new("NSCFG1", 2, 0, 0),
        new("HAD1", 2, 1, 1),
        FieldLayout.Address("TTB1", 2, 55, 4),
        new("MAIR", 3, 63, 0),
        new("AMAIR", 4, 63, 0),
    ];

    /// <summary>A table descriptor.</summary>
    public static FieldLayout[] Table { get; } =
    [
        new("valid", 0, 0, 0, "invalid", "valid"),
        new("type", 0, 1, 1, "block", "table (or page, at level 3)"),
        FieldLayout.Address("next-level table", 0, 47, 12),
        new("PXNTable", 0, 59, 59),
        new("UXNTable", 0, 60, 60),
        new("APTable", 0, 62, 61),
        new("NSTable", 0, 63, 63),
    ];

    /// <summary>A page or block descriptor; what stage 2 reads differently says so.</summary>
    public static FieldLayout[] Leaf { get; } =
    [
        new("valid", 0, 0, 0, "invalid", "valid"),
        new("type", 0, 1, 1, "block", "page (or table, above level 3)"),
        new("AttrIndx", 0, 4, 2),
        new("MemAttr (stage 2)", 0, 5, 2),
        new("AP", 0, 7, 6, "privileged read and write", "read and write", "privileged read-only", "read-only"),
        new("S2AP (stage 2)", 0, 7, 6, "no access", "read-only", "write-only", "read and write"),
        new("SH", 0, 9, 8, s_share),
        new("AF", 0, 10, 10, "not accessed: F_ACCESS unless AFFD or HA", "accessed"),
        new("nG", 0, 11, 11, "global", "of one ASID"),
        FieldLayout.Address("output address", 0, 47, 12),
        new("DBM", 0, 51, 51),
        new("Contiguous", 0, 52, 52),
        new("PXN", 0, 53, 53),
        new("UXN/XN", 0, 54, 54),
        new("for software", 0, 58, 55),
    ];
}
