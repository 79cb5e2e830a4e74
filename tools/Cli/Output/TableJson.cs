using System.Globalization;
using System.Text.Json;
using Iopf.Kernel;
using Iopf.Workloads;

namespace Iopf.Cli.Output;

/// <summary>The cover letter's table as JSON.</summary>
internal static class TableJson
{
    /// <summary>Writes the members of the document.</summary>
    /// <param name="json">The document.</param>
    /// <param name="table">The table.</param>
    /// <param name="together">The runs of several devices, if they were asked for.</param>
    public static void Write(Utf8JsonWriter json, CoverLetterTable table, IReadOnlyList<TopologyRow> together)
    {
        json.WriteObjects("rows", table.Rows, row => WriteRow(json, row));
        json.WriteObjects("parameters", table.Parameters, parameter => WriteParameter(json, parameter));
        json.WriteStartObject("notes");
        foreach ((string mark, string text) in TableNotes.Of(table))
        {
            json.WriteString(mark, text);
        }

        json.WriteEndObject();
        json.WriteNumber("worst_difference", Rounded(table.Worst.Difference));
        if (together.Count > 0)
        {
            json.WriteObjects("together", together, row => WriteTogether(json, row));
        }
    }

    private static void WriteRow(Utf8JsonWriter json, TableRow row)
    {
        json.WriteString("config", row.Config);
        json.WriteNumber("premap", row.Premap);
        json.WriteNumber("messages", row.Messages);
        json.WriteNumber("published_faults", row.PublishedFaults);
        json.WriteNumber("faults", row.Iopf.Faults);
        json.WriteNumber("published_slowdown", Rounded(row.PublishedSlowdown));
        json.WriteNumber("slowdown", Rounded(row.ModelSlowdown));
        json.WriteNumber("difference", Rounded(row.Difference));
        json.WriteString("note", string.Join(' ', TableNotes.MarksOf(row)));
        json.WriteNumber("published_pinned_ns", Math.Round(row.PublishedPinnedNanoseconds));
        json.WriteNumber("published_iopf_ns", Math.Round(row.PublishedIopfNanoseconds));
        json.WriteNumber("pinned_ns", row.Pinned.ElapsedNanoseconds);
        json.WriteNumber("iopf_ns", row.Iopf.ElapsedNanoseconds);
        WriteTiming(json, row.Iopf);
    }

    private static void WriteParameter(Utf8JsonWriter json, CostParameter parameter)
    {
        json.WriteString("name", parameter.Name);
        if (decimal.TryParse(parameter.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out decimal number))
        {
            json.WriteNumber("value", number);
        }
        else if (bool.TryParse(parameter.Value, out bool flag))
        {
            json.WriteBoolean("value", flag);
        }
        else
        {
            json.WriteString("value", parameter.Value);
        }

        json.WriteString("unit", parameter.Unit);
        json.WriteString("status", parameter.Status);
        json.WriteString("source", parameter.Source);
    }

    private static void WriteTogether(Utf8JsonWriter json, TopologyRow row)
    {
        json.WriteString("config", row.Config);
        json.WriteNumber("messages", row.Messages);
        json.WriteNumber("devices", row.Topology.Devices);
        json.WriteNumber("containers", row.Topology.Containers);
        json.WriteNumber("smmus", row.Topology.Smmus);
        json.WriteNumber("faults", row.Timing.Faults);
        json.WriteNumber("iopf_ns", row.Timing.ElapsedNanoseconds);
        WriteTiming(json, row.Timing);
    }

    private static void WriteTiming(Utf8JsonWriter json, SecTiming timing)
    {
        json.WriteStartObject("time");
        json.WriteNumber("stall_ns", timing.StallNanoseconds);
        json.WriteStartObject("stages_ns");
        foreach (CostStage stage in StageTimes.Stages)
        {
            json.WriteNumber(JsonNamingPolicy.SnakeCaseLower.ConvertName(stage.ToString()), timing.Stages.NanosecondsOf(stage));
        }

        json.WriteNumber("queues", timing.QueueNanoseconds);
        json.WriteEndObject();
        json.WriteObjects("devices", timing.Devices, device =>
        {
            json.WriteNumber("message_ns", device.MessageNanoseconds);
            json.WriteNumber("transfer_ns", device.TransferNanoseconds);
            json.WriteNumber("own_faults_ns", device.StallNanoseconds);
            json.WriteNumber("others_faults_ns", device.SharedNanoseconds);
        });
        json.WriteObjects("threads", timing.Threads, thread =>
        {
            json.WriteString("name", thread.Name);
            json.WriteString("cpu", thread.Processor.Name);
            json.WriteNumber("busy_ns", thread.BusyNanoseconds);
            json.WriteNumber("utilisation", Rounded(100.0 * thread.BusyNanoseconds / Math.Max(1, timing.ElapsedNanoseconds)));
            json.WriteNumber("waiting_ns", thread.WaitingNanoseconds);
            json.WriteNumber("wake_ups", thread.WakeUps);
        });
        json.WriteObjects("locks", timing.Locks.Where(static used => used.HeldNanoseconds > 0), used =>
        {
            json.WriteString("name", used.Name);
            json.WriteNumber("taken", used.Acquisitions);
            json.WriteNumber("contended", used.Contentions);
            json.WriteNumber("held_ns", used.HeldNanoseconds);
            json.WriteNumber("waiting_ns", used.WaitingNanoseconds);
        });
        json.WriteEndObject();
    }

    private static double Rounded(double value) => Math.Round(value, 2);
}
