using System.Numerics;

namespace Iopf.SmmuLog;

/// <summary>Explains what the driver prints when it takes an SMMU into service.</summary>
/// <remarks>Kernel: <c>arm_smmu_device_hw_probe</c>, <c>arm_smmu_init_one_queue</c>, <c>arm_smmu_setup_irqs</c>.</remarks>
internal static class ProbeMessages
{
    private const string Kind = "probe";

    // ARM_SMMU_FEAT_*; from bit 19 on the names are those of Linux 6.13.
    private static readonly string[] s_features =
    [
        "2-level stream table", "2-level CD table", "little-endian tables", "big-endian tables", "PRI", "ATS", "SEV", "MSI", "coherent walks",
        "stage 1", "stage 2", "stalls", "hypervisor", "forced stalls", "52-bit addresses", "range invalidation", "broadcast TLB maintenance", "SVA",
        "E2H", "nesting", "attribute override", "hardware access flag", "hardware dirty state", "S2FWB", "BBML2",
    ];

    private static readonly (string Start, string Explanation)[] s_plain =
    [
        ("msi_domain absent", "Firmware gives the SMMU no MSIs: its interrupts are wires."),
        ("failed to allocate MSIs", "There are no MSIs for this SMMU: its interrupts are wires."),
        ("no evtq irq", "There is no interrupt for events: nobody will ever read them."),
        ("no gerr irq", "There is no interrupt for global errors: nobody will ever hear of them."),
        ("no priq irq", "There is no interrupt for PCIe page requests: they will not be served."),
        ("SMMU currently enabled", "Firmware or another kernel left the SMMU on; the driver resets it."),
        ("no translation support", "The SMMU has neither stage: the driver refuses it."),
        ("AArch64 table format not supported", "The SMMU cannot walk the tables Linux writes: the driver refuses it."),
        ("2-level strtab only covers", "The stream table is smaller than the stream IDs the SMMU could carry."),
        ("IDR0.COHACC overridden", "Firmware and the SMMU do not agree on whether its walks are coherent; firmware wins."),
        ("option mask", "Workarounds that firmware asks for; 0 is none."),
        ("option ", "A workaround that the device tree asks for."),
    ];

    public static LogError? Explain(in DriverText message, SmmuMessages smmu)
    {
        string text = message.Text;
        TextCursor cursor = new(text);
        if (cursor.Take("ias "))
        {
            return Features(message);
        }

        if (cursor.Take("allocated ") && cursor.TakeNumber(out long entries) && cursor.Take(" entries for "))
        {
            string queue = cursor.Token().ToString();
            int log2 = entries > 0 ? BitOperations.Log2((ulong)entries) : 0;
            if (queue == "cmdq" && log2 is > 0 and < 20 && BitOperations.IsPow2(entries))
            {
                smmu.CommandQueueLog2 = log2;
            }

            Details details = new() { { "queue", queue }, { "entries", entries } };
            return new LogError(message.Place, message.Device, Kind, text, $"The {queue} has {entries} slots.", details);
        }

        foreach ((string start, string explanation) in s_plain)
        {
            if (text.StartsWith(start, StringComparison.Ordinal))
            {
                return new LogError(message.Place, message.Device, Kind, text, explanation, []);
            }
        }

        return null;
    }

    private static LogError Features(in DriverText message)
    {
        TextCursor cursor = new(message.Text);
        Details details = [];
        if (cursor.Take("ias ") && cursor.TakeNumber(out long input) && cursor.TakeUntil("oas ", out _) && cursor.TakeNumber(out long output))
        {
            details.Add("ias", input);
            details.Add("oas", output);
        }

        if (cursor.TakeUntil("features ", out _) && cursor.TakeHex(out ulong features))
        {
            details.Add("features", $"0x{features:x8}");
            details.Add("feature_names", NamesOf(features).ToArray());
        }

        return new LogError(message.Place, message.Device, Kind, message.Text, "Widths of input and output addresses, and what the SMMU can do.", details);
    }

    private static IEnumerable<string> NamesOf(ulong features)
    {
        for (int bit = 0; bit < 64; bit++)
        {
            if ((features & (1UL << bit)) != 0)
            {
                yield return bit < s_features.Length ? s_features[bit] : $"bit {bit}";
            }
        }
    }
}
