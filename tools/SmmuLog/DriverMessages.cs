namespace Iopf.SmmuLog;

/// <summary>Explains the messages of the SMMUv3 driver that are no event records.</summary>
internal static class DriverMessages
{
    private const string Serious = "unexpected global error reported";

    // Messages without a value: what they begin with, their kind, what they mean.
    private static readonly (string Start, string Kind, string Explanation)[] s_plain =
    [
        ("EVTQ overflow detected", "evtq_overflow", "The event queue was full: the SMMU threw events away, and no line tells which. Stalled ones among them are recorded later."),
        ("PRIQ overflow detected", "priq_overflow", "The queue of PCIe page requests was full: requests were lost."),
        ("device has entered Service Failure Mode", "service_failure", "GERROR.SFM_ERR: the SMMU has given up; it needs a reset."),
        ("GERROR MSI write aborted", "msi_abort", "GERROR.MSI_GERROR_ABT_ERR: the interrupt for a global error could not be sent."),
        ("PRIQ MSI write aborted", "msi_abort", "GERROR.MSI_PRIQ_ABT_ERR: the interrupt for page requests could not be sent."),
        ("EVTQ MSI write aborted", "msi_abort", "GERROR.MSI_EVENTQ_ABT_ERR: the interrupt for events could not be sent; events may wait unseen."),
        ("CMDQ MSI write aborted", "msi_abort", "GERROR.MSI_CMDQ_ABT_ERR: the message of a finished CMD_SYNC could not be sent; its waiter may time out."),
        ("PRIQ write aborted", "queue_abort", "GERROR.PRIQ_ABT_ERR: the SMMU could not write a page request to memory; it is lost."),
        ("EVTQ write aborted", "queue_abort", "GERROR.EVENTQ_ABT_ERR: the SMMU could not write an event to memory; it is lost."),
        ("unexpected PRI request received", "pri_request", "A PCIe page request came for which nobody asked; the line below it tells which. It is denied."),
        ("retrying command fetch", "cmdq_retry", "The command queue stopped at a failed fetch; the driver lets it try again."),
        ("CMDQ timeout", "cmdq_timeout", "The command queue stayed full for longer than the driver waits."),
        ("failed to sync", "cmdq_timeout", "The driver waited in vain for the command queue."),
    ];

    /// <summary>Explains one message.</summary>
    public static LogError Explain(in DriverText message, SmmuMessages smmu)
    {
        string text = message.Text;
        if (text.StartsWith(Serious, StringComparison.Ordinal))
        {
            return GlobalErrorMessage.Explain(message);
        }

        if (text.StartsWith("CMDQ error", StringComparison.Ordinal))
        {
            return CommandQueueMessages.Error(message, smmu.CommandQueueLog2);
        }

        if (text.StartsWith("CMD_SYNC timeout", StringComparison.Ordinal))
        {
            return CommandQueueMessages.Timeout(message, smmu.CommandQueueLog2);
        }

        if (text.StartsWith("sid 0x", StringComparison.Ordinal))
        {
            return PageRequestMessage.Explain(message);
        }

        foreach ((string start, string kind, string explanation) in s_plain)
        {
            if (text.StartsWith(start, StringComparison.Ordinal))
            {
                return new LogError(message.Place, message.Device, kind, text, explanation, []);
            }
        }

        return ProbeMessages.Explain(message, smmu)
            ?? new LogError(message.Place, message.Device, "driver_message", text, "A message of the driver that is not decoded.", []);
    }

    /// <summary>Whether a line that names no driver is one of its messages all the same.</summary>
    public static bool IsOne(string text) =>
        text.StartsWith(Serious, StringComparison.Ordinal)
        || text.StartsWith("CMDQ error (cons", StringComparison.Ordinal)
        || text.StartsWith("CMD_SYNC timeout", StringComparison.Ordinal)
        || text.StartsWith("skipping command in error state", StringComparison.Ordinal)
        || text.StartsWith("EVTQ ", StringComparison.Ordinal)
        || text.StartsWith("PRIQ ", StringComparison.Ordinal)
        || text.StartsWith("unexpected PRI request received", StringComparison.Ordinal)
        || ArmSmmuLines.IsHeaderOrDecoded(text);
}
