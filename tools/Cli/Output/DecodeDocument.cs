using Iopf.Patches;
using Iopf.SmmuLog;

namespace Iopf.Cli.Output;

/// <summary>One JSON document: records, incomplete, errors, foreign and summary, one entry a line.</summary>
/// <param name="terminal">Where it prints.</param>
/// <param name="summaryOnly">Whether only the summary is wanted.</param>
internal sealed class DecodeDocument(Terminal terminal, bool summaryOnly) : IDecodeOutput, IDisposable
{
    private readonly (string Name, TextSpool Entries)[] _lists =
        [("records", new()), ("incomplete", new()), ("errors", new()), ("foreign", new())];

    private readonly FindingGroups _groups = new();

    /// <inheritdoc/>
    public void Record(SmmuRecord record)
    {
        _groups.Add(record);
        if (!summaryOnly)
        {
            Add(0, DecodeJson.Record(record));
        }
    }

    /// <inheritdoc/>
    public void Incomplete(IncompleteRecord incomplete) => Add(1, DecodeJson.Incomplete(incomplete));

    /// <inheritdoc/>
    public void Error(LogError error) => Add(2, DecodeJson.Error(error));

    /// <inheritdoc/>
    public void Foreign(ForeignLine foreign) => Add(3, DecodeJson.Foreign(foreign));

    /// <inheritdoc/>
    public void Idle()
    {
        // The document is printed at the end.
    }

    /// <inheritdoc/>
    public void End(DecodeSummary summary, PatchSet patches)
    {
        ResultText.Write(terminal, "{\n");
        foreach ((string name, TextSpool entries) in summaryOnly ? [] : _lists)
        {
            ResultText.Write(terminal, $"  \"{name}\": [");
            foreach (string part in entries.Parts())
            {
                ResultText.Write(terminal, part);
            }

            ResultText.Write(terminal, entries.IsEmpty ? "],\n" : "\n  ],\n");
        }

        ResultText.Write(terminal, $"  \"summary\": {DecodeSummaryJson.Of(summary, patches, _groups)}\n}}\n");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach ((_, TextSpool entries) in _lists)
        {
            entries.Dispose();
        }
    }

    private void Add(int list, string json)
    {
        if (summaryOnly)
        {
            return;
        }

        TextSpool entries = _lists[list].Entries;
        entries.Add((entries.IsEmpty ? "\n    " : ",\n    ") + json);
    }
}
