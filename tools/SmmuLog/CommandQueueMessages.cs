using Iopf.ArmSmmuV3.Hardware;

namespace Iopf.SmmuLog;

/// <summary>Explains what the driver says of a command queue that stopped or does not get done.</summary>
/// <remarks>Kernel: <c>__arm_smmu_cmdq_skip_err</c>, <c>arm_smmu_cmdq_issue_cmdlist</c>. Arm IHI 0070, sections 6.3.28 and 7.1.</remarks>
internal static class CommandQueueMessages
{
    // Indices have at most 19 bits and the wrap bit above them.
    private const uint IndexMask = 0xf_ffff;
    private const int IndexBitsMax = 19;
    private const int ErrorShift = 24;
    private const uint ErrorMask = 0x7f;

    private static readonly (string Name, string Meaning)[] s_errors =
    [
        ("CERROR_NONE", "no error is stored."),
        ("CERROR_ILL", "the command at the read index is illegal: its opcode, a reserved field, or a feature that this SMMU has not."),
        ("CERROR_ABT", "the bus aborted the fetch of the command at the read index."),
        ("CERROR_ATC_INV_SYNC", "the CMD_SYNC at the read index waited for an ATC invalidation that a PCIe device did not answer in time."),
    ];

    /// <summary><c>CMDQ error (cons 0x01000022): Illegal command</c>.</summary>
    public static LogError Error(in DriverText message, int? queueLog2)
    {
        TextCursor cursor = new(message.Text);
        if (!cursor.TakeUntil("cons ", out _) || !cursor.TakeHex(out ulong cons))
        {
            return new LogError(message.Place, message.Device, "cmdq_error", message.Text, "The command queue stopped; where and why is cut off.", []);
        }

        uint code = (uint)(cons >> ErrorShift) & ErrorMask;
        (string name, string meaning) = code < s_errors.Length ? s_errors[code] : ($"reserved (0x{code:x})", "the specification has no such error.");
        Details details = new()
        {
            { "cons", $"0x{cons:x8}" },
            { "error", $"0x{code:x}" },
            { "error_name", name },
        };
        AddIndex(details, "read_index", (uint)cons & IndexMask, queueLog2);
        return new LogError(message.Place, message.Device, "cmdq_error", message.Text, $"{name}: {meaning}", details);
    }

    /// <summary><c>CMD_SYNC timeout at 0x000152ff [hwprod 0x00015300, hwcons 0x00014ec2]</c>.</summary>
    public static LogError Timeout(in DriverText message, int? queueLog2)
    {
        TextCursor cursor = new(message.Text);
        Details details = [];
        if (cursor.TakeUntil("timeout at ", out _) && cursor.TakeHex(out ulong at))
        {
            AddIndex(details, "at", (uint)at & IndexMask, queueLog2);
        }

        if (!cursor.TakeUntil("hwprod ", out _) || !cursor.TakeHex(out ulong prod)
            || !cursor.TakeUntil("hwcons ", out _) || !cursor.TakeHex(out ulong cons))
        {
            details.Add("outstanding", null);
            return new LogError(
                message.Place, message.Device, "cmd_sync_timeout", message.Text, "A CMD_SYNC did not complete in time; the queue's indices are not in the log.", details);
        }

        uint producer = (uint)prod & IndexMask;
        uint consumer = (uint)cons & IndexMask;
        int log2 = queueLog2 ?? SmallestThatFits(producer, consumer);
        uint outstanding = new QueueIndex(log2).Count(producer, consumer);
        AddIndex(details, "hwprod", producer, log2);
        AddIndex(details, "hwcons", consumer, log2);
        details.Add("outstanding", (long)outstanding);
        details.Add("queue_size", queueLog2 is null ? null : 1L << queueLog2.Value);
        string stuck = outstanding == 0 ? "the SMMU has consumed them all, so only its completion got lost"
            : cons >> ErrorShift != 0 ? "the queue has stopped at an error"
            : "the SMMU does not consume them: it hangs, or its clock or power is off";
        return new LogError(
            message.Place, message.Device, "cmd_sync_timeout", message.Text, $"A CMD_SYNC did not complete in time; {outstanding} commands are outstanding: {stuck}.", details);
    }

    /// <summary>The smallest queue in which the indices can lie and not more entries between them than it has slots.</summary>
    private static int SmallestThatFits(uint producer, uint consumer)
    {
        int log2 = 0;
        while (log2 < IndexBitsMax && ((producer | consumer) >> (log2 + 1) != 0 || new QueueIndex(log2).Count(producer, consumer) > 1U << log2))
        {
            log2++;
        }

        return log2;
    }

    private static void AddIndex(Details details, string name, uint index, int? queueLog2)
    {
        details.AddHex(name, index);
        if (queueLog2 is int log2)
        {
            details.AddHex($"{name}_slot", new QueueIndex(log2).SlotOf(index));
        }
    }
}
