using Iopf.Patches;
using Iopf.SmmuLog;

namespace Iopf.Cli.Output;

/// <summary>One JSON object a line, each printed as soon as it is known: its one member says what it is.</summary>
internal sealed class DecodeFollow(Terminal terminal) : IDecodeOutput
{
    /// <inheritdoc/>
    public void Record(SmmuRecord record) => Write("record", DecodeJson.Record(record));

    /// <inheritdoc/>
    public void Incomplete(IncompleteRecord incomplete) => Write("incomplete", DecodeJson.Incomplete(incomplete));

    /// <inheritdoc/>
    public void Error(LogError error) => Write("error", DecodeJson.Error(error));

    /// <inheritdoc/>
    public void Foreign(ForeignLine foreign) => Write("foreign", DecodeJson.Foreign(foreign));

    /// <inheritdoc/>
    public void Idle()
    {
        // Every finding is printed as it comes.
    }

    /// <inheritdoc/>
    public void End(DecodeSummary summary, PatchSet patches) => Write("summary", DecodeSummaryJson.Of(summary, patches, groups: null));

    private void Write(string kind, string json) => ResultText.Write(terminal, $"{{\"{kind}\":{json}}}\n");
}
