namespace Iopf.SmmuLog;

/// <summary>The bits of a global error.</summary>
/// <remarks>Kernel: <c>arm_smmu_gerror_handler</c>. Arm IHI 0070, section 6.3.17 (SMMU_GERROR).</remarks>
internal static class GlobalErrorMessage
{
    private static readonly (int Bit, string Name, string Meaning)[] s_bits =
    [
        (0, "CMDQ_ERR", "the command queue stopped at a command"),
        (2, "EVENTQ_ABT_ERR", "an event could not be written to memory"),
        (3, "PRIQ_ABT_ERR", "a page request could not be written to memory"),
        (4, "MSI_CMDQ_ABT_ERR", "the message of a CMD_SYNC could not be sent"),
        (5, "MSI_EVENTQ_ABT_ERR", "the interrupt for events could not be sent"),
        (6, "MSI_PRIQ_ABT_ERR", "the interrupt for page requests could not be sent"),
        (7, "MSI_GERROR_ABT_ERR", "the interrupt for global errors could not be sent"),
        (8, "SFM_ERR", "the SMMU entered service failure mode"),
        (9, "CMDQP_ERR", "a command queue control page reports an error"),
        (10, "DPT_ERR", "a look-up in the device permission table failed"),
    ];

    public static LogError Explain(in DriverText message)
    {
        TextCursor cursor = new(message.Text);
        if (!cursor.TakeUntil("(", out _) || !cursor.TakeHex(out ulong value))
        {
            return new LogError(message.Place, message.Device, "gerror", message.Text, "A global error; its bits are cut off.", []);
        }

        List<string> names = [];
        List<string> meanings = [];
        foreach ((int bit, string name, string meaning) in s_bits)
        {
            if ((value & (1UL << bit)) != 0)
            {
                names.Add(name);
                meanings.Add($"{name}: {meaning}");
                value &= ~(1UL << bit);
            }
        }

        for (int bit = 0; bit < 64; bit++)
        {
            if ((value & (1UL << bit)) != 0)
            {
                names.Add($"bit {bit}");
                meanings.Add($"bit {bit}: not known");
            }
        }

        Details details = new() { { "bits", names.ToArray() } };
        cursor = new TextCursor(message.Text);
        cursor.TakeUntil("(", out _);
        cursor.TakeHex(out value);
        details.Insert(0, new("gerror", $"0x{value:x8}"));
        string explanation = meanings.Count == 0 ? "A global error without a bit." : string.Join("; ", meanings) + ".";
        return new LogError(message.Place, message.Device, "gerror", message.Text, explanation, details);
    }
}
