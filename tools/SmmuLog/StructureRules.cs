using Iopf.ArmSmmuV3.Hardware;

namespace Iopf.SmmuLog;

/// <summary>What the specification forbids in a structure.</summary>
/// <remarks>Arm IHI 0070, sections 5.2.2 (STE), 5.4.1 (CD), 4 (commands).</remarks>
internal static class StructureRules
{
    private const ulong Stage1 = 1;
    private const ulong Stage2 = 2;
    private const ulong Translates = 4;
    private const ulong WidestSize = 39;
    private const ulong NarrowestSize = 16;

    /// <summary>A stream table entry.</summary>
    public static IEnumerable<string> OfSte(Func<string, ulong> field)
    {
        if (field("V") == 0)
        {
            yield return "V is 0: every transaction of the stream is terminated and recorded as C_BAD_STE.";
            yield break;
        }

        ulong config = field("Config");
        if (config is > 0 and < Translates)
        {
            yield return "Config is a reserved value: C_BAD_STE.";
        }

        if (config >= Translates && (config & Stage1) != 0)
        {
            foreach (string rule in Stage1OfSte(field))
            {
                yield return rule;
            }
        }

        if (config >= Translates && (config & Stage2) != 0)
        {
            foreach (string rule in Stage2OfSte(field))
            {
                yield return rule;
            }
        }
    }

    /// <summary>A context descriptor.</summary>
    public static IEnumerable<string> OfCd(Func<string, ulong> field)
    {
        if (field("V") == 0)
        {
            yield return "V is 0: every transaction that uses it is terminated and recorded as C_BAD_CD.";
            yield break;
        }

        (bool IsBroken, string Rule)[] rules =
        [
            (field("AA64") == 0, "AA64 is 0: AArch32 tables exist only if IDR0.TTF says so; Linux never uses them."),
            (field("EPD0") == 0 && field("TG0") == 3, "TG0 is a reserved value."),
            (field("EPD0") == 0 && field("T0SZ") is < NarrowestSize or > WidestSize, $"T0SZ is outside {NarrowestSize} to {WidestSize}: C_BAD_CD, unless 52-bit addresses or small tables are supported."),
            (field("EPD1") == 0 && field("TG1") == 0, "TG1 is a reserved value."),
            (field("EPD1") == 0 && field("T1SZ") is < NarrowestSize or > WidestSize, $"T1SZ is outside {NarrowestSize} to {WidestSize}: C_BAD_CD, unless 52-bit addresses or small tables are supported."),
            (field("IPS") == 7, "IPS is a reserved value, unless the SMMU has 56-bit addresses."),
            (field("HD") == 1 && field("HA") == 0, "HD is set without HA: the SMMU cannot keep dirty state without the access flag."),
            (field("ENDI") == 1, "ENDI is 1: legal only if IDR0.TTENDIAN allows big-endian tables."),
            (field("S") == 1 && field("R") == 0, "S is 1 and R is 0: a stalled fault without a record could never be answered; legal, and a mistake."),
        ];
        foreach ((_, string rule) in rules.Where(rule => rule.IsBroken))
        {
            yield return rule;
        }
    }

    /// <summary>A descriptor of a translation table.</summary>
    public static IEnumerable<string> OfPte(Func<string, ulong> field)
    {
        if (field("valid") == 0)
        {
            yield return "bit 0 is 0: nothing is mapped here; a device that gets here causes F_TRANSLATION.";
        }
        else if (field("type") == 0)
        {
            yield return "a block: it may stand at level 1 or 2 only; at level 0 or 3 it is invalid and causes F_TRANSLATION.";
        }
    }

    /// <summary>A command.</summary>
    public static IEnumerable<string> OfCommand(string? name, Func<string, ulong> field)
    {
        if (name is null)
        {
            yield return "The specification has no such opcode: the command queue stops with CERROR_ILL.";
        }
        else if (name == "CMD_SYNC" && field("CS") == 3)
        {
            yield return "CS is a reserved value: CERROR_ILL.";
        }
        else if (name == "CMD_PRI_RESP" && field("Resp") == 3)
        {
            yield return "Resp is a reserved value: CERROR_ILL.";
        }
        else if (name is "CMD_RESUME" or "CMD_CFGI_STE" or "CMD_CFGI_CD" && field("SSec") == 1)
        {
            yield return "SSec is 1 on the non-secure command queue: CERROR_ILL.";
        }
    }

    /// <summary>An event record.</summary>
    public static IEnumerable<string> OfEvent(SmmuEventType type, Func<string, ulong> field)
    {
        EventDescription description = EventDescription.Of(type);
        if (!EventDescription.IsDefined(type))
        {
            yield return "The specification defines no event of this number.";
        }

        if (description.Has(EventFields.Class) && field("CLASS") == 3)
        {
            yield return "CLASS is a reserved value.";
        }
    }

    private static IEnumerable<string> Stage1OfSte(Func<string, ulong> field)
    {
        (bool IsBroken, string Rule)[] rules =
        [
            (field("S1CDMax") > 0 && field("S1Fmt") == 3, "S1Fmt is a reserved value: C_BAD_STE."),
            (field("S1CDMax") > 0 && field("S1DSS") == 3, "S1DSS is a reserved value: C_BAD_STE."),
            (field("S1CDMax") > 20, "S1CDMax is more than the 20 bits of a substream ID: C_BAD_STE."),
            (field("S1CDMax") > 0 && field("S1Fmt") is 1 or 2 && (field("S1ContextPtr") & 0xfff) != 0, "S1ContextPtr of a two-level table is no multiple of 4 KiB: its low bits are ignored."),
            (field("STRW") is 1 or 3, "STRW is a reserved value: C_BAD_STE."),
            (field("EATS") == 3, "EATS is a reserved value: C_BAD_STE."),
        ];
        return rules.Where(rule => rule.IsBroken).Select(rule => rule.Rule);
    }

    private static IEnumerable<string> Stage2OfSte(Func<string, ulong> field)
    {
        ulong size = field("S2T0SZ");
        (bool IsBroken, string Rule)[] rules =
        [
            (field("S2AA64") == 0, "S2AA64 is 0: AArch32 tables exist only if IDR0.TTF says so: else C_BAD_STE."),
            (field("S2TG") == 3, "S2TG is a reserved value: C_BAD_STE."),
            (size is < NarrowestSize or > WidestSize, $"S2T0SZ is outside {NarrowestSize} to {WidestSize}: C_BAD_STE, unless 52-bit addresses or small tables are supported."),
            (field("S2PS") == 7, "S2PS is a reserved value, unless the SMMU has 56-bit addresses."),
            (field("S2SL0") == 3, "S2SL0 is a reserved value for 4 KiB granules, unless tables may begin at level 3."),
            (field("S2TG") == 0 && field("S2SL0") < 3 && !StartFits(size, field("S2SL0")), "S2SL0 does not fit S2T0SZ: the first table would be too large or too small: C_BAD_STE."),
            (field("S2HD") == 1 && field("S2HA") == 0, "S2HD is set without S2HA."),
            (field("S2ENDI") == 1, "S2ENDI is 1: legal only if IDR0.TTENDIAN allows big-endian tables."),
            (field("S2S") == 1 && field("S2R") == 0, "S2S is 1 and S2R is 0: a stalled fault without a record could never be answered; legal, and a mistake."),
        ];
        return rules.Where(rule => rule.IsBroken).Select(rule => rule.Rule);
    }

    // Up to sixteen tables may be concatenated at the first level, and at least two entries of it must be used.
    private static bool StartFits(ulong size, ulong startLevel)
    {
        int top = 64 - (int)size;
        int shift = 12 + (9 * (1 + (int)startLevel));
        return top > shift && top <= shift + 13;
    }
}
