using System.Text;
using System.Text.Json;
using Iopf.Kernel;

namespace Iopf.Views;

/// <summary>A trace for programs: one JSON object a line, each step with all that is known of it.</summary>
/// <remarks>The shape is src/Scenarios/Views/trace-event.schema.json. Addresses and identifiers are "0x" strings, counts are numbers.</remarks>
public static class JsonLinesTrace
{
    /// <summary>The lines of a trace.</summary>
    /// <param name="events">The steps, in order.</param>
    /// <returns>One object for each step, without line breaks.</returns>
    public static IEnumerable<string> Lines(IReadOnlyList<TraceEvent> events)
    {
        ArgumentNullException.ThrowIfNull(events);
        using MemoryStream buffer = new();
        foreach (TraceEvent step in events)
        {
            buffer.SetLength(0);
            using (Utf8JsonWriter writer = new(buffer, new JsonWriterOptions { Encoder = JsonText.Encoder }))
            {
                Write(writer, step);
            }

            yield return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
        }
    }

    private static void Write(Utf8JsonWriter writer, in TraceEvent step)
    {
        writer.WriteStartObject();
        writer.WriteNumber("index", step.Index);
        writer.WriteNumber("virtual_ns", step.Nanoseconds);
        writer.WriteString("thread", step.Thread);
        writer.WriteString("subsystem", JsonText.Name(step.Layer));
        writer.WriteString("function", step.Function);
        writer.WriteString("device", step.Device.Length == 0 ? null : step.Device);
        writer.WriteString("iova", step.Iova?.ToString());
        writer.WriteString("text", step.Text);
        WritePoint(writer, step.Point);
        writer.WriteEndObject();
    }

    private static void WritePoint(Utf8JsonWriter writer, in TracePoint point)
    {
        if (point.Kind == TracePointKind.None)
        {
            return;
        }

        writer.WriteString("event", JsonText.Name(point.Kind));
        if (point.Tag is uint tag)
        {
            writer.WriteString("stag", $"0x{tag:x}");
        }

        switch (point.Kind)
        {
            case TracePointKind.DmaBegin or TracePointKind.DmaEnd:
                writer.WriteString("sid", $"0x{point.StreamId:x}");
                writer.WriteString("size", $"0x{point.Size:x}");
                writer.WriteString("done", $"0x{point.Done:x}");
                writer.WriteBoolean("write", point.IsWrite);
                break;
            case TracePointKind.Map:
                writer.WriteString("paddr", $"0x{point.PhysicalAddress:x}");
                writer.WriteString("size", $"0x{point.Size:x}");
                break;
            case TracePointKind.Unmap:
                writer.WriteString("size", $"0x{point.Size:x}");
                writer.WriteString("done", $"0x{point.Done:x}");
                break;
            case TracePointKind.Stall or TracePointKind.EventRecorded or TracePointKind.EventRead or TracePointKind.Resume:
                writer.WriteString("sid", $"0x{point.StreamId:x}");
                break;
            case TracePointKind.FaultReported:
                writer.WriteBoolean("write", point.IsWrite);
                break;
            default:
                break;
        }
    }
}
