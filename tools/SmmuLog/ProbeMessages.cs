using System.Globalization;
using System.Numerics;

namespace Iopf.SmmuLog;

/// <summary>Explains the values the driver prints when it takes an SMMU into service: features, queues, workarounds.</summary>
/// <remarks>Kernel: <c>arm_smmu_device_hw_probe</c>, <c>arm_smmu_init_one_queue</c>, <c>acpi_smmu_get_options</c>.</remarks>
internal static class ProbeMessages
{
    private const int Stage1 = 9;
    private const int Stage2 = 10;
    private const int CommandBytes = 16;
    private const int EventBytes = 32;

    // ARM_SMMU_FEAT_*: bits 0 to 18 mean the same in every kernel since 4.16; from bit 19 on the names are those of Linux 6.13.
    private static readonly string[] s_features =
    [
        "2-level stream table", "2-level CD table", "little-endian tables", "big-endian tables", "PRI", "ATS", "SEV", "MSI", "coherent walks",
        "stage 1", "stage 2", "stalls", "hypervisor", "forced stalls", "52-bit addresses", "range invalidation", "broadcast TLB maintenance", "SVA",
        "E2H", "nesting", "attribute override", "hardware access flag", "hardware dirty state", "S2FWB", "BBML2",
    ];

    // What follows if a feature is missing.
    private static readonly (int Bit, string Follows)[] s_missing =
    [
        (11, "no stalls: IOPF by stall is impossible here"),
        (4, "no PRI: PCIe page requests are impossible"),
        (5, "no ATS"),
        (7, "no MSI: interrupts are wires"),
        (8, "no coherent table walks: the driver flushes every table from the cache"),
        (Stage1, "stage 1 missing: no SVA and no guest tables"),
        (Stage2, "stage 2 missing: nothing that isolates guests by it works (nesting, a guest's SMMUv3, pKVM)"),
    ];

    // ARM_SMMU_OPT_*.
    private static readonly (string Name, string Meaning)[] s_options =
    [
        ("SKIP_PREFETCH", "the driver never sends CMD_PREFETCH_CONFIG (HiSilicon erratum)"),
        ("PAGE0_REGS_ONLY", "all registers are on page 0 (Cavium ThunderX2 erratum 74)"),
        ("MSIPOLL", "CMD_SYNC completes by a message into memory that the driver polls"),
        ("CMDQ_FORCE_SYNC", "every batch of commands ends with a CMD_SYNC (Arm MMU-700 erratum 2812531)"),
        ("TEGRA241_CMDQV", "NVIDIA's virtual command queues are in use"),
    ];

    public static LogError Explain(in DriverText message, DriverMessage row, Details values, SmmuMessages smmu)
    {
        string? Value(string name) => values.Find(value => value.Key == name).Value as string;
        if (Value("features") is { } features)
        {
            return Features(message, row, values, features);
        }

        if (Value("queue") is { } queue && long.TryParse(Value("entries"), NumberStyles.None, CultureInfo.InvariantCulture, out long entries))
        {
            return Queue(message, queue, entries, smmu);
        }

        return Value("mask") is { } mask ? Options(message, row, mask) : DriverMessages.Plain(message, row, values);
    }

    private static LogError Queue(in DriverText message, string queue, long entries, SmmuMessages smmu)
    {
        int log2 = entries > 0 ? BitOperations.Log2((ulong)entries) : 0;
        if (queue == "cmdq" && log2 is > 0 and < 20 && BitOperations.IsPow2(entries))
        {
            smmu.CommandQueueLog2 = log2;
        }

        int slot = queue == "evtq" ? EventBytes : CommandBytes;
        decimal bytes = (decimal)entries * slot;
        smmu.NoteQueue(queue, bytes);
        Details details = new() { { "queue", queue }, { "entries", entries } };
        return new LogError(
            message.Place, message.Device, "probe", message.Text, $"The {queue} has {entries} slots of {slot} bytes: {Sizes.Of(bytes)} of contiguous memory.", details);
    }

    private static LogError Options(in DriverText message, DriverMessage row, string mask)
    {
        Details details = new() { { "mask", mask } };
        if (!TryHex(mask, out ulong bits))
        {
            return DriverMessages.Plain(message, row, details);
        }

        List<string> names = [.. BitsOf(bits).Select(bit => bit < s_options.Length ? s_options[bit].Name : $"bit {bit}")];
        details.Add("option_names", names.ToArray());
        string meanings = string.Join("; ", BitsOf(bits).Select(bit => bit < s_options.Length ? $"{s_options[bit].Name}: {s_options[bit].Meaning}" : $"bit {bit}: not known"));
        return new LogError(message.Place, message.Device, row.Kind, message.Text, bits == 0 ? "No workaround is needed for this SMMU." : $"{meanings}.", details);
    }

    private static LogError Features(in DriverText message, DriverMessage row, Details values, string text)
    {
        Details details = [];
        foreach (string width in new[] { "ias", "oas" })
        {
            details.Add(width, long.TryParse(values.Find(value => value.Key == width).Value as string, NumberStyles.None, CultureInfo.InvariantCulture, out long bits) ? bits : null);
        }

        string explanation = row.Meaning;
        if (TryHex(text, out ulong features))
        {
            details.Add("features", $"0x{features:x8}");
            details.Add("feature_names", BitsOf(features).Select(bit => bit < s_features.Length ? s_features[bit] : $"bit {bit}").ToArray());
            string follows = string.Join("; ", s_missing.Where(missing => (features & (1UL << missing.Bit)) == 0).Select(missing => missing.Follows));
            explanation += follows.Length == 0 ? "" : $" What is missing: {follows}.";
        }

        return new LogError(message.Place, message.Device, row.Kind, message.Text, explanation, details);
    }

    private static bool TryHex(string text, out ulong value) =>
        ulong.TryParse(text.AsSpan(Math.Min(2, text.Length)), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);

    private static IEnumerable<int> BitsOf(ulong value) => Enumerable.Range(0, 64).Where(bit => (value & (1UL << bit)) != 0);
}
