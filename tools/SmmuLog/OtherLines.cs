namespace Iopf.SmmuLog;

/// <summary>Explains lines that concern an SMMUv3 and name no device: suppressed prints, and QEMU's own complaints.</summary>
internal sealed class OtherLines
{
    private const string Suppressed = " callbacks suppressed";
    private const string Failed = " translation failed for iova=";
    private const ulong PageMask = ~0xfffUL;

    // How devices and domains were set up: it explains a log and is no trouble.
    private static readonly DriverMessage[] s_context =
    [
        new("iommu_group", "Adding to iommu group {group:d}", "The device is behind an IOMMU; VFIO passes its group on as a whole."),
        new("default_domain", "Default domain type: {type:w}", "Translated: devices use the addresses of the DMA API; Passthrough: physical addresses, so stage 1 is off."),
        new("default_domain", "DMA domain TLB invalidation policy: {policy:t}", "strict: unmapped addresses fault at once; lazy: up to 10 ms later."),
    ];

    private static readonly DriverMessage[] s_troubles =
    [
        new("attach_failed", "Failed to attach{rest:t}", "The device could not be attached to its domain: the message of the SMMU before it says why.",
            "DMA of this device; if vfio-pci says it, the device cannot be passed on", "the error of the attach; the group's other devices; the width and granule of the domain"),
        new("iommu_pool", "Missing memory for the IOMMU pool, need {pages:x} pages, check {parameter:w}",
            "pKVM's hypervisor has too little memory for the SMMU's tables.", "the hypervisor's driver, and with it every device behind the SMMU", "that kernel parameter, in pages of 4 KiB"),
    ];

    private ulong? _qemuIova;

    /// <summary>Reads a line that tells how a device or a domain was set up.</summary>
    public LogError? Context(in DriverText message) => First(s_context, message);

    /// <summary>Whether a line tells of mappings of VFIO or of the IOMMU, which <c>iopf import</c> reads.</summary>
    public static bool TellsOfMapping(string text) =>
        text.Contains("vfio_", StringComparison.Ordinal) || text.Contains("VFIO_MAP_DMA", StringComparison.Ordinal) || text.Contains("IOMMU_IOAS_MAP", StringComparison.Ordinal);

    /// <summary>Explains a line.</summary>
    /// <param name="message">The line.</param>
    /// <returns>The explanation; null if it is no such line.</returns>
    public LogError? Explain(in DriverText message)
    {
        string text = message.Text;
        if (text.EndsWith(Suppressed, StringComparison.Ordinal) && text.Contains("arm_smmu", StringComparison.Ordinal))
        {
            return Prints(message);
        }

        if (text.Contains(Failed, StringComparison.Ordinal) && text.Contains("SMMU_EVT_", StringComparison.Ordinal))
        {
            return Translation(message);
        }

        if (text == "invalid STE" || text.StartsWith("SMMUv3 ", StringComparison.Ordinal))
        {
            return Qemu(message, "QEMU's SMMUv3 model complains about what the guest has set up.", []);
        }

        return text.StartsWith("Invalid ", StringComparison.Ordinal) && text.EndsWith("reason: rejected", StringComparison.Ordinal) ? Rejected(message)
            : First(s_troubles, message) ?? DumpedStructures.Explain(message);
    }

    // These texts stand behind "DRIVER DEVICE: " or behind a subsystem's name.
    private static LogError? First(DriverMessage[] rows, in DriverText message)
    {
        int colon = message.Text.LastIndexOf(": ", StringComparison.Ordinal);
        foreach (DriverMessage row in rows)
        {
            int at = message.Text.IndexOf(row.Template.Start, StringComparison.Ordinal);
            Details values = [];
            if (at > 1 && message.Text[at - 2] == ':' && at - 2 <= colon && row.Template.Match(message.Text.AsSpan(at), values) == TemplateFit.Whole)
            {
                string name = message.Text[..(at - 2)];
                return DriverMessages.Plain(message with { Device = name[(name.LastIndexOf(' ') + 1)..], Text = message.Text }, row, values) with { Stops = row.Stops, LookAt = row.LookAt };
            }
        }

        return null;
    }

    private static LogError Prints(in DriverText message)
    {
        TextCursor cursor = new(message.Text);
        cursor.TakeUntil("arm_smmu", out _);
        cursor.TakeUntil(": ", out ReadOnlySpan<char> function);
        Details details = new() { { "function", $"arm_smmu{function}" } };
        details.Add("count", cursor.TakeNumber(out long count) ? count : null);
        return new LogError(
            message.Place, null, "prints_suppressed", message.Text, $"{count} prints were left out by the rate limit: the log lacks them, the driver handled them.", details);
    }

    private LogError Translation(in DriverText message)
    {
        TextCursor cursor = new(message.Text);
        cursor.TakeUntil(Failed, out ReadOnlySpan<char> region);
        Details details = new() { { "region", region.ToString() } };
        if (cursor.TakeHex(out ulong iova))
        {
            _qemuIova = iova;
            details.AddHex("iova", iova);
        }

        cursor.TakeUntil("SMMU_EVT_", out _);
        string name = cursor.TakeUntil(")", out ReadOnlySpan<char> inside) ? inside.ToString() : cursor.Token().ToString();
        EventDescription? description = EventDescription.Named(name == "F_TRANS_FORBIDDEN" ? "F_TRANSL_FORBIDDEN" : name);
        details.Add("name", description?.Name ?? name);
        details.Add("type", description is null ? null : $"0x{(byte)description.Type:x2}");
        return Qemu(message, description is null ? "QEMU's SMMUv3 model could not translate." : $"QEMU's SMMUv3 model records {description.Name}. {description.Cause}", details);
    }

    /// <summary>QEMU says this of any access nobody takes; only behind a failed translation of the page is it the SMMU's doing.</summary>
    private LogError? Rejected(in DriverText message)
    {
        TextCursor cursor = new(message.Text);
        if (!cursor.TakeUntil("addr ", out _) || !cursor.TakeHex(out ulong address) || (address & PageMask) != (_qemuIova & PageMask))
        {
            return null;
        }

        Details details = [];
        details.AddHex("address", address);
        return Qemu(message, "The access that could not be translated is turned away.", details);
    }

    private static LogError Qemu(in DriverText message, string explanation, Details details) =>
        new(message.Place, null, "qemu_guest_error", message.Text, explanation, details);
}
