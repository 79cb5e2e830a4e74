namespace Iopf.SmmuLog;

/// <summary>Explains the messages of the SMMUv3 driver that are no event records.</summary>
internal static class DriverMessages
{
    private const int LeastCharacters = 9;

    private static readonly (string Number, string Name, string Why)[] s_probeErrors =
    [
        ("-6", "ENXIO", "the registers say that this SMMU cannot be used; the message before it says why"),
        ("-12", "ENOMEM", "there was no memory for its tables or queues"),
        ("-19", "ENODEV", "there is no such SMMU"),
        ("-22", "EINVAL", "firmware describes it wrongly"),
        ("-110", "ETIMEDOUT", "a register did not answer: clock, power, reset or a wrong address"),
        ("-517", "EPROBE_DEFER", "something that it needs is not there yet; the driver is asked again later"),
    ];

    /// <summary>Explains one message.</summary>
    public static LogError Explain(in DriverText message, SmmuMessages smmu)
    {
        TemplateFit fit = MessageTable.Find(message.Text, out DriverMessage? row);
        if (row is null || (fit == TemplateFit.Beginning && message.Text.Length < LeastCharacters))
        {
            return DumpedStructures.Explain(message) ?? new LogError(message.Place, message.Device, "driver_message", message.Text, "A message of the driver that is not decoded.", []);
        }

        Details values = [];
        _ = row.Template.Match(message.Text, values);
        LogError error = row.Kind switch
        {
            "gerror" => GlobalErrorMessage.Explain(message),
            "cmdq_error" => CommandQueueMessages.Error(message, smmu.CommandQueueLog2),
            "cmd_sync_timeout" => CommandQueueMessages.Timeout(message, smmu.CommandQueueLog2),
            "pri_request" when message.Text.StartsWith("sid ", StringComparison.Ordinal) => PageRequestMessage.Explain(message),
            "probe" => ProbeMessages.Explain(message, row, values, smmu),
            "probe_failed" => Failed(message, row, values),
            _ => Plain(message, row, values),
        };
        string cut = fit == TemplateFit.Beginning && !error.Explanation.Contains("cut off", StringComparison.Ordinal) ? " The line is cut off." : "";
        return error with { Explanation = error.Explanation + cut, Stops = row.Stops, LookAt = row.LookAt };
    }

    /// <summary>A message that says no more than its row.</summary>
    public static LogError Plain(in DriverText message, DriverMessage row, Details values) =>
        new(message.Place, message.Device, row.Kind, message.Text, row.Meaning, values);

    private static LogError Failed(in DriverText message, DriverMessage row, Details values)
    {
        string number = values.Find(value => value.Key == "error").Value as string ?? "";
        (string Number, string Name, string Why) known = Array.Find(s_probeErrors, error => error.Number == number);
        if (known.Name is null)
        {
            return Plain(message, row, values);
        }

        values.Add("error_name", known.Name);
        return new LogError(message.Place, message.Device, row.Kind, message.Text, $"{row.Meaning} {known.Name}: {known.Why}.", values);
    }
}
