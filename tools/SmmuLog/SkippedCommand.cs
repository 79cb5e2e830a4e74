using Iopf.ArmSmmuV3.Hardware;

namespace Iopf.SmmuLog;

/// <summary>A command that stopped the command queue, as the driver prints it before it puts a CMD_SYNC in its place.</summary>
/// <remarks>Kernel: <c>__arm_smmu_cmdq_skip_err</c>. Arm IHI 0070, section 4.</remarks>
internal static class SkippedCommand
{
    private const int WordsPerCommand = 2;

    public static LogError Explain(LogPlace place, string? device, IReadOnlyList<RawWord> words)
    {
        Details details = new() { { "words", words.Select(word => word.Value is ulong value ? $"0x{value:x16}" : word.Text).ToArray() } };
        if (words.Count < WordsPerCommand || words.Any(word => word.Value is null))
        {
            details.Add("complete", false);
            string what = words.Count < WordsPerCommand ? $"only {words.Count} of its 2 words are there" : "one of its words is damaged";
            return new LogError(place, device, "skipped_command", "skipping command in error state", $"The command cannot be told: {what}.", details);
        }

        SmmuCommand command = new(words[0].Value!.Value, words[1].Value!.Value);
        details.Add("complete", true);
        details.AddHex("opcode", (byte)command.Opcode);
        string? name = CommandNames.Of((byte)command.Opcode);
        details.Add("command", name);
        AddFields(details, command, name);
        string explanation = name is null
            ? $"Opcode 0x{(byte)command.Opcode:x2} is no command of the specification; the driver overwrites it with CMD_SYNC and goes on."
            : $"{name} stopped the queue; the driver overwrites it with CMD_SYNC and goes on, so what it should have done is not done.";
        return new LogError(place, device, "skipped_command", "skipping command in error state", explanation, details);
    }

    private static void AddFields(Details details, SmmuCommand command, string? name)
    {
        if (name is null)
        {
            return;
        }

        if (name.StartsWith("CMD_CFGI", StringComparison.Ordinal) || name is "CMD_RESUME" or "CMD_STALL_TERM" or "CMD_ATC_INV" or "CMD_PRI_RESP"
            || name.StartsWith("CMD_PREFETCH", StringComparison.Ordinal))
        {
            details.AddHex("sid", command.StreamId);
        }

        switch (name)
        {
            case "CMD_CFGI_CD" or "CMD_ATC_INV" or "CMD_PRI_RESP":
                details.AddHex("ssid", command.SubstreamId);
                break;
            case "CMD_RESUME":
                details.AddHex("stag", command.StallTag);
                details.Add("action", command.Action.ToString());
                break;
            case "CMD_SYNC":
                details.Add("signal", command.Signal.ToString());
                break;
        }

        if (name.StartsWith("CMD_TLBI", StringComparison.Ordinal))
        {
            details.AddHex("vmid", command.Vmid);
            details.AddHex("asid", command.Asid);
            details.AddHex("address", command.Address);
        }
        else if (name == "CMD_ATC_INV")
        {
            details.AddHex("address", command.Address);
        }
    }
}
