namespace Iopf.SmmuLog;

/// <summary>A PCIe page request that the driver prints and denies: <c>sid 0x00000100.0x00002: [5L] unprivileged RW access at iova 0x...</c>.</summary>
/// <remarks>Kernel: <c>arm_smmu_handle_ppr</c>.</remarks>
internal static class PageRequestMessage
{
    public static LogError Explain(in DriverText message)
    {
        TextCursor cursor = new(message.Text);
        Details details = [];
        cursor.Take("sid ");
        if (cursor.TakeHex(out ulong sid))
        {
            details.AddHex("sid", sid);
        }

        if (cursor.Take(".") && cursor.TakeHex(out ulong ssid))
        {
            details.AddHex("ssid", ssid);
        }

        if (cursor.Take(": [") && cursor.TakeNumber(out long group))
        {
            details.Add("group", group);
            details.Add("last", cursor.Take("L"));
        }

        if (cursor.TakeUntil("privileged ", out ReadOnlySpan<char> before))
        {
            details.Add("privileged", !before.EndsWith("un"));
            ReadOnlySpan<char> access = cursor.Token();
            details.Add("access", access.ToString());
        }

        if (cursor.TakeUntil("iova ", out _) && cursor.TakeHex(out ulong iova))
        {
            details.AddHex("iova", iova);
        }

        return new LogError(
            message.Place, message.Device, "pri_request", message.Text, "A PCIe device asked for a page and nobody serves such requests; it is denied.", details);
    }
}
