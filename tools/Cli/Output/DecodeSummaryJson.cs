using System.Text.Json;
using Iopf.Patches;
using Iopf.SmmuLog;

namespace Iopf.Cli.Output;

/// <summary>The counts of a whole log, as a JSON object of one line.</summary>
internal static class DecodeSummaryJson
{
    private const int RowsMax = 100;

    /// <summary>The counts.</summary>
    /// <param name="summary">The counts.</param>
    /// <param name="patches">Which patches the kernel has that was asked.</param>
    /// <param name="groups">Equal records as one; null if nobody grouped them.</param>
    /// <returns>The object.</returns>
    public static string Of(DecodeSummary summary, PatchSet patches, FindingGroups? groups) => DecodeJson.Object(json =>
    {
        json.WriteString("patches", patches.ToString());
        json.WriteNumber("lines", summary.Lines);
        json.WriteNumber("long_lines", summary.LongLines);
        json.WriteNumber("records", summary.Records);
        json.WriteNumber("incomplete", summary.Incomplete);
        json.WriteNumber("errors", summary.Errors);
        json.WriteNumber("foreign", summary.Foreign);
        json.WriteNumber("contradictions", summary.Contradictions);
        json.WriteNumber("stalls", summary.Stalls);
        json.WriteString("first_time", summary.FirstTime);
        json.WriteString("last_time", summary.LastTime);
        json.WriteNumber("joined_lines", summary.JoinedLines);
        DecodeJson.WriteCounts(json, "transports", summary.Transports);
        DecodeJson.WriteCounts(json, "types", summary.Types);
        DecodeJson.WriteCounts(json, "streams", summary.Streams.Take(RowsMax).Select(row => new KeyValuePair<string, long>(DecodeWords.Hex(row.Key), row.Value)));
        json.WriteObjects("pages", summary.Pages.Take(RowsMax), row =>
        {
            json.WriteString("sid", DecodeWords.Hex(row.Key.Stream));
            json.WriteString("page", DecodeWords.Hex(row.Key.Page));
            json.WriteNumber("count", row.Value);
        });
        json.WriteNumber("distinct_streams", summary.Streams.LongCount());
        json.WriteNumber("distinct_pages", summary.Pages.LongCount());
        DecodeJson.WriteCounts(json, "error_kinds", summary.ErrorKinds);
        DecodeJson.WriteCounts(json, "foreign_kinds", summary.ForeignKinds);
        WriteQueues(json, summary);
        json.WriteObjects("context", summary.Context, line =>
        {
            json.WriteNumber("line", line.Place.Line);
            json.WriteString("device", line.Device);
            json.WriteString("kind", line.Kind);
            json.WriteString("text", line.Text);
            json.WriteString("explanation", line.Explanation);
        });
        if (groups is not null)
        {
            WriteGroups(json, groups);
        }
    });

    // Bytes of contiguous memory, queue by queue.
    private static void WriteQueues(Utf8JsonWriter json, DecodeSummary summary)
    {
        json.WriteStartObject("queue_bytes");
        foreach ((string device, Dictionary<string, decimal> queues) in summary.Queues)
        {
            json.WriteStartObject(device);
            foreach ((string queue, decimal bytes) in queues)
            {
                json.WriteNumber(queue, bytes);
            }

            json.WriteNumber("sum", queues.Values.Sum());
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void WriteGroups(Utf8JsonWriter json, FindingGroups groups) =>
        json.WriteObjects("groups", groups.All.Where(group => group.First is SmmuRecord).Take(RowsMax), group =>
        {
            SmmuRecord record = (SmmuRecord)group.First;
            json.WriteString("device", record.Device);
            json.WriteString("name", record.Description.Name);
            json.WriteString("sid", record.Facts.StreamId is uint sid ? DecodeWords.Hex(sid) : null);
            json.WriteString("iova", record.Facts.InputAddress is ulong iova ? DecodeWords.Hex(iova) : null);
            json.WriteNumber("count", group.Count);
            json.WriteNumber("first_line", group.FirstPlace.Line);
            json.WriteNumber("last_line", group.Last.Line);
            json.WriteString("first_time", group.FirstPlace.Time);
            json.WriteString("last_time", group.Last.Time);
            if (group.Rate is double rate)
            {
                json.WriteNumber("per_second", Math.Round(rate, 3));
            }
        });
}
