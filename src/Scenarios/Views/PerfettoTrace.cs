using System.Globalization;
using System.Text.Json;
using Iopf.Kernel;

namespace Iopf.Views;

/// <summary>A trace as Chrome trace JSON, which the Perfetto UI opens: a track for each kernel thread, device and queue.</summary>
/// <remarks>
/// Flows link a DMA to its stall, event, report, handler, answer and retry. Steps of one virtual instant would lie on top of each other, so
/// each is shown at least <see cref="StepNanoseconds"/> ns after the one before; the true time is in its arguments.
/// </remarks>
public static class PerfettoTrace
{
    /// <summary>How far steps of the same virtual time are shown apart, in nanoseconds.</summary>
    public const int StepNanoseconds = 10;

    private const int ThreadsProcess = 1;
    private const int HardwareProcess = 2;

    /// <summary>Writes a trace.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="events">The steps, in order.</param>
    public static void Write(Utf8JsonWriter writer, IReadOnlyList<TraceEvent> events)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(events);
        IReadOnlyList<FaultFlow> flows = FaultFlow.In(events);
        long[] shown = ShownTimes(events);
        Tracks tracks = new(events);
        writer.WriteStartObject();
        writer.WriteString("displayTimeUnit", "ns");
        writer.WriteStartArray("traceEvents");
        tracks.Write(writer);

        // Bars come before the steps inside them: of two that begin together, the first is drawn around the second.
        WriteAccesses(writer, events, shown, tracks);
        foreach (FaultFlow flow in flows)
        {
            WriteHandling(writer, flow, events, shown, tracks);
        }

        for (int index = 0; index < events.Count; index++)
        {
            WriteStep(writer, events[index], shown[index], tracks.Of(events[index]));
        }

        foreach (FaultFlow flow in flows)
        {
            WriteStall(writer, flow, events, shown, tracks);
            WriteFlow(writer, flow, events, shown, tracks);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static long[] ShownTimes(IReadOnlyList<TraceEvent> events)
    {
        long[] shown = new long[events.Count];
        long last = -StepNanoseconds;
        for (int index = 0; index < shown.Length; index++)
        {
            last = Math.Max(events[index].Nanoseconds, last + StepNanoseconds);
            shown[index] = last;
        }

        return shown;
    }

    private static void WriteStep(Utf8JsonWriter writer, in TraceEvent step, long time, (int Process, int Thread) track)
    {
        Begin(writer, "X", step.Function, JsonText.Name(step.Layer), time, track);
        writer.WriteNumber("dur", StepNanoseconds / 1000m);
        writer.WriteStartObject("args");
        writer.WriteString("what", step.Text);
        writer.WriteNumber("virtual_ns", step.Nanoseconds);
        writer.WriteNumber("step", step.Index);
        if (step.Device.Length > 0)
        {
            writer.WriteString("device", step.Device);
        }

        if (step.Iova is Iova iova)
        {
            writer.WriteString("iova", iova.ToString());
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    // An access to memory as one bar on its device's track, from its first step to its end.
    private static void WriteAccesses(Utf8JsonWriter writer, IReadOnlyList<TraceEvent> events, long[] shown, Tracks tracks)
    {
        Dictionary<string, int> begun = [];
        for (int index = 0; index < events.Count; index++)
        {
            TraceEvent step = events[index];
            if (step.Point.Kind == TracePointKind.DmaBegin)
            {
                begun[step.Device] = index;
            }
            else if (step.Point.Kind == TracePointKind.DmaEnd && begun.Remove(step.Device, out int first))
            {
                Begin(writer, "X", $"DMA {step.Function} {step.Iova}", "dma", shown[first], tracks.Of(step));
                writer.WriteNumber("dur", (shown[index] + StepNanoseconds - shown[first]) / 1000m);
                writer.WriteStartObject("args");
                writer.WriteString("what", step.Text);
                writer.WriteEndObject();
                writer.WriteEndObject();
            }
        }
    }

    // What the handler does for a fault as one bar on its thread's track.
    private static void WriteHandling(Utf8JsonWriter writer, FaultFlow flow, IReadOnlyList<TraceEvent> events, long[] shown, Tracks tracks)
    {
        int first = flow.Steps.FirstOrDefault(step => events[step].Point.Kind == TracePointKind.FaultHandled, -1);
        int last = flow.Steps.LastOrDefault(step => events[step].Point.Kind == TracePointKind.FaultAnswered, -1);
        if (first >= 0 && last > first && events[first].Thread == events[last].Thread)
        {
            Begin(writer, "X", string.Create(CultureInfo.InvariantCulture, $"serve fault {flow.Number}"), "fault", shown[first], tracks.Of(events[first]));
            writer.WriteNumber("dur", (shown[last] + StepNanoseconds - shown[first]) / 1000m);
            writer.WriteEndObject();
        }
    }

    // Stalls overlap, so they have tracks of their own beside the SMMU's.
    private static void WriteStall(Utf8JsonWriter writer, FaultFlow flow, IReadOnlyList<TraceEvent> events, long[] shown, Tracks tracks)
    {
        if (!flow.IsEnded)
        {
            return;
        }

        string name = $"{flow.Smmu} stalls";
        foreach ((string phase, int step) in new[] { ("b", flow.Steps[0]), ("e", flow.Steps[^1]) })
        {
            Begin(writer, phase, name, "stall", shown[step], tracks.Of(events[step]));
            writer.WriteNumber("id", flow.Number);
            writer.WriteStartObject("args");
            writer.WriteString("iova", events[flow.Steps[0]].Iova?.ToString());
            writer.WriteString("stag", $"0x{flow.Tag:x}");
            writer.WriteEndObject();
            writer.WriteEndObject();
        }
    }

    private static void WriteFlow(Utf8JsonWriter writer, FaultFlow flow, IReadOnlyList<TraceEvent> events, long[] shown, Tracks tracks)
    {
        List<int> stations = flow.Dma >= 0 ? [flow.Dma, .. flow.Steps] : [.. flow.Steps];
        for (int index = 0; index < stations.Count; index++)
        {
            int station = stations[index];
            string phase = index == 0 ? "s" : index == stations.Count - 1 ? "f" : "t";
            string name = string.Create(CultureInfo.InvariantCulture, $"fault {flow.Number}");
            Begin(writer, phase, name, "fault", shown[station], tracks.Of(events[station]));
            writer.WriteNumber("id", flow.Number);
            if (phase == "f")
            {
                writer.WriteString("bp", "e");
            }

            writer.WriteEndObject();
        }
    }

    private static void Begin(Utf8JsonWriter writer, string phase, string name, string category, long time, (int Process, int Thread) track)
    {
        writer.WriteStartObject();
        writer.WriteString("ph", phase);
        writer.WriteString("name", name);
        writer.WriteString("cat", category);
        writer.WriteNumber("ts", time / 1000m);
        writer.WriteNumber("pid", track.Process);
        writer.WriteNumber("tid", track.Thread);
    }

    /// <summary>Which track a step is shown on: the queue or table of the SMMU, the device, or the kernel thread it happens in.</summary>
    private sealed class Tracks
    {
        private readonly Dictionary<(int Process, string Name), int> _threads = [];

        public Tracks(IReadOnlyList<TraceEvent> events)
        {
            foreach (TraceEvent step in events)
            {
                (int Process, string Name) track = NameOf(step);
                _threads.TryAdd(track, _threads.Count + 1);
            }
        }

        public (int Process, int Thread) Of(in TraceEvent step)
        {
            (int Process, string Name) track = NameOf(step);
            return (track.Process, _threads[track]);
        }

        public void Write(Utf8JsonWriter writer)
        {
            WriteName(writer, "process_name", ThreadsProcess, 0, "kernel threads");
            WriteName(writer, "process_name", HardwareProcess, 0, "devices and SMMUs");
            foreach (KeyValuePair<(int Process, string Name), int> track in _threads)
            {
                WriteName(writer, "thread_name", track.Key.Process, track.Value, track.Key.Name);
            }
        }

        private static (int Process, string Name) NameOf(in TraceEvent step) => step.Layer switch
        {
            TraceLayer.Device => (HardwareProcess, step.Device),
            TraceLayer.Smmu => (HardwareProcess, step.Point.Kind switch
            {
                TracePointKind.Command => $"{step.Device} command queue",
                TracePointKind.EventRecorded => $"{step.Device} event queue",
                _ => $"{step.Device} translation",
            }),
            _ => (ThreadsProcess, step.Thread),
        };

        private static void WriteName(Utf8JsonWriter writer, string kind, int process, int thread, string name)
        {
            writer.WriteStartObject();
            writer.WriteString("ph", "M");
            writer.WriteString("name", kind);
            writer.WriteNumber("pid", process);
            writer.WriteNumber("tid", thread);
            writer.WriteStartObject("args");
            writer.WriteString("name", name);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }
    }
}
