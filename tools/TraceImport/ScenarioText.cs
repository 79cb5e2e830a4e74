using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Iopf.Kernel;

namespace Iopf.TraceImport;

/// <summary>Writes what was imported as a scenario file.</summary>
public static class ScenarioText
{
    private const ulong FillerIova = 0x1_0000_0000;
    private const ulong FillerVaddr = 0x1000_0000_0000;
    private const ulong ProbeBytes = 4;
    private const int FillerGroup = 2;
    private const int FirstStream = 0x10;
    private const int OtherStreams = 0x30;

    /// <summary>The scenario.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="source">The file it comes from.</param>
    /// <param name="trace">What was imported.</param>
    /// <returns>A JSON document that ends with a line break.</returns>
    public static string Of(string name, string source, ImportedTrace trace)
    {
        ArgumentNullException.ThrowIfNull(trace);
        using MemoryStream bytes = new();
        JsonWriterOptions form = new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
        using (Utf8JsonWriter json = new(bytes, form))
        {
            Write(json, name, source, trace, new Verdicts(trace));
        }

        return Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length) + "\n";
    }

    /// <summary>Why each refused step was refused, as whoever posted the log needs it.</summary>
    /// <param name="trace">What was imported.</param>
    /// <returns>One line for each kind of refusal.</returns>
    public static IReadOnlyList<string> ExplainRefusals(ImportedTrace trace)
    {
        ArgumentNullException.ThrowIfNull(trace);
        return new Verdicts(trace).Remarks;
    }

    private static void Write(Utf8JsonWriter json, string name, string source, ImportedTrace trace, Verdicts verdicts)
    {
        json.WriteStartObject();
        json.WriteString("name", name);
        json.WriteString("about", $"Imported from {source} ({trace.Form}): the mappings of a real machine in their order, on the kernel before the series. "
            + "Watch: the answers of the log come out; with --patches all nothing is pinned until a device asks.");
        json.WriteString("patches", "none");
        WriteSettings(json, trace, verdicts);
        WriteMachine(json, trace, verdicts);
        json.WriteStartArray("steps");
        WriteBegin(json, trace, verdicts);
        foreach ((ImportedStep step, string? expected) in verdicts.Steps)
        {
            WriteStep(json, step, expected, trace, verdicts);
        }

        WriteProbes(json, verdicts);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteSettings(Utf8JsonWriter json, ImportedTrace trace, Verdicts verdicts)
    {
        if (verdicts.EntryLimit is null && trace.SetIommuError is null)
        {
            return;
        }

        json.WriteStartObject("set");
        if (verdicts.EntryLimit is int limit)
        {
            json.WriteNumber("Type1:EntryLimit", limit);
        }

        if (IsSetIommuRefused(trace))
        {
            json.WriteBoolean("Type1:HasIsolatedInterrupts", false);
        }

        json.WriteEndObject();
    }

    private static void WriteMachine(Utf8JsonWriter json, ImportedTrace trace, Verdicts verdicts)
    {
        json.WriteStartObject("machine");
        json.WriteStartArray("devices");
        for (int container = 0; container < trace.Containers; container++)
        {
            WriteDevice(json, container, verdicts);
        }

        if (verdicts.LockedBefore > 0)
        {
            json.WriteStartObject();
            json.WriteString("name", "earlier");
            json.WriteString("stream_id", "0x20");
            json.WriteNumber("group", FillerGroup);
            WriteMsiWindow(json, verdicts);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("processes");
        json.WriteStartObject();
        json.WriteString("name", "vmm");
        if (verdicts.Memlock is ulong limit)
        {
            json.WriteString("memlock", $"0x{limit:x}");
        }
        else
        {
            json.WriteBoolean("ipc_lock", true);
        }

        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteDevice(Utf8JsonWriter json, int container, Verdicts verdicts)
    {
        json.WriteStartObject();
        json.WriteString("name", DeviceOf(container));
        json.WriteString("stream_id", $"0x{(container == 0 ? FirstStream : OtherStreams + container):x}");
        json.WriteNumber("group", GroupOf(container));
        WriteMsiWindow(json, verdicts);
        if (verdicts.Reserved.Count > 0)
        {
            json.WriteStartArray("reserved");
            foreach ((ulong first, ulong last) in verdicts.Reserved)
            {
                json.WriteStartObject();
                json.WriteString("iova", $"0x{first:x}");
                json.WriteString("size", $"0x{last - first + 1:x}");
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    // Group 2 is that of what was locked before.
    private static int GroupOf(int container) => container == 0 ? 1 : container + FillerGroup;

    private static string DeviceOf(int container) => $"dev{container}";

    private static string ContainerOf(int container) => container == 0 ? "container" : $"container{container + 1}";

    private static bool IsSetIommuRefused(ImportedTrace trace) => trace.SetIommuError == Errno.EPERM && !trace.Steps.Any(step => step.Kind is ImportedKind.Map or ImportedKind.Unmap);

    // x86 keeps it below 4 GiB.
    private static void WriteMsiWindow(Utf8JsonWriter json, Verdicts verdicts)
    {
        if (verdicts.MsiWindow is ulong window)
        {
            json.WriteString("msi_window", $"0x{window:x}");
        }
    }

    private static void WriteBegin(Utf8JsonWriter json, ImportedTrace trace, Verdicts verdicts)
    {
        MemoryPlan memory = new([.. verdicts.Before, .. verdicts.Steps.Select(entry => entry.Step)]);
        foreach (MemoryPlan.Area area in memory.Areas)
        {
            Operation(json, "mmap", ("addr", $"0x{area.First:x}"), ("size", $"0x{area.End - area.First:x}"));
            if (area.IsDevice)
            {
                json.WriteString("kind", "pfnmap");
                json.WriteString("frame", $"0x{memory.TakeFrames(area):x}");
            }

            json.WriteEndObject();
        }

        if (verdicts.LockedBefore > 0)
        {
            WriteFiller(json, verdicts.LockedBefore);
        }

        for (int container = 0; container < trace.Containers; container++)
        {
            string name = ContainerOf(container);
            bool isRefused = IsSetIommuRefused(trace);
            WriteContainer(json, name, GroupOf(container), trace.IsVersion1 ? "type1" : "type1v2", isRefused ? nameof(Errno.EPERM) : "0");
            if (!isRefused)
            {
                Operation(json, "enable_iopf", ("container", name));
                json.WriteString("note", "only a kernel with the series knows it");
                json.WriteEndObject();
            }
        }

        foreach (ImportedStep step in verdicts.Before)
        {
            Operation(json, "map_dma", ("container", ContainerOf(step.Container)), ("iova", $"0x{step.Iova:x}"), ("size", $"0x{step.Size:x}"), ("vaddr", $"0x{MemoryPlan.VaddrOf(step):x}"));
            json.WriteString("expect", "0");
            json.WriteString("note", $"mapped before the log begins: line {step.Line} needs it");
            json.WriteEndObject();
        }
    }

    private static void WriteFiller(Utf8JsonWriter json, ulong bytes)
    {
        Operation(json, "mmap", ("addr", $"0x{FillerVaddr:x}"), ("size", $"0x{bytes:x}"));
        json.WriteString("note", "what the process had locked before the log begins: derived from the limit");
        json.WriteEndObject();
        WriteContainer(json, "before", FillerGroup, "type1v2", "0");
        Operation(json, "map_dma", ("container", "before"), ("iova", $"0x{FillerIova:x}"), ("size", $"0x{bytes:x}"), ("vaddr", $"0x{FillerVaddr:x}"));
        json.WriteString("expect", "0");
        json.WriteEndObject();
    }

    private static void WriteContainer(Utf8JsonWriter json, string container, int group, string type, string expected)
    {
        Operation(json, "open_container", ("container", container));
        json.WriteEndObject();
        Operation(json, "open_group");
        json.WriteNumber("group", group);
        json.WriteEndObject();
        Operation(json, "set_container", ("container", container));
        json.WriteNumber("group", group);
        json.WriteEndObject();
        Operation(json, "set_iommu", ("container", container), ("type", type));
        json.WriteString("expect", expected);
        json.WriteEndObject();
    }

    private static void WriteStep(Utf8JsonWriter json, ImportedStep step, string? expected, ImportedTrace trace, Verdicts verdicts)
    {
        switch (step.Kind)
        {
            case ImportedKind.Map:
                Operation(json, "map_dma", ("container", ContainerOf(step.Container)), ("iova", $"0x{step.Iova:x}"), ("size", $"0x{step.Size:x}"), ("vaddr", $"0x{MemoryPlan.VaddrOf(step):x}"));
                if (!step.IsWritable)
                {
                    json.WriteString("access", "r");
                }

                break;
            case ImportedKind.Unmap:
                ulong size = step.Size == 0 && step.IsDone ? SizeOfNext(step, verdicts) : step.Size;
                Operation(json, "unmap_dma", ("container", ContainerOf(step.Container)), ("iova", $"0x{step.Iova:x}"), ("size", $"0x{size:x}"));
                break;
            case ImportedKind.OpenGroup:
                Operation(json, "open_group");
                json.WriteNumber("group", 1);
                break;
            default:
                Operation(json, "dma", ("device", DeviceOf(step.Container)), ("iova", $"0x{step.Iova:x}"), ("dir", step.IsWritable ? "write" : "read"));
                json.WriteNumber("len", 1);
                break;
        }

        if (expected is not null)
        {
            json.WriteString("expect", expected);
        }

        json.WriteString("note", $"line {step.Line}: {step.Words}{(step.Error is null ? "" : $", answered {(step.IsDone ? "0" : step.ErrorName)}")}");
        json.WriteEndObject();
    }

    // The log has what was unmapped, nothing, instead of what was asked for; the next mapping of the place tells.
    private static ulong SizeOfNext(ImportedStep step, Verdicts verdicts) =>
        verdicts.Steps.Select(entry => entry.Step).FirstOrDefault(next => next.Kind == ImportedKind.Map && next.Line > step.Line && next.Iova == step.Iova)?.Size
            ?? Page.Size;

    // So that patches have something to change: a device reads the first and the last page of everything that is still mapped.
    private static void WriteProbes(Utf8JsonWriter json, Verdicts verdicts)
    {
        foreach (ImportedStep mapped in verdicts.Left.Where(step => step is { IsDeviceMemory: false, Size: >= Page.Size }))
        {
            foreach (ulong page in new[] { mapped.Iova, mapped.Last & ~(Page.Size - 1) }.Distinct())
            {
                Operation(json, "dma", ("device", DeviceOf(mapped.Container)), ("iova", $"0x{page:x}"));
                json.WriteNumber("len", ProbeBytes);
                json.WriteString("note", "added by the import");
                json.WriteEndObject();
            }
        }
    }

    private static void Operation(Utf8JsonWriter json, string op, params ReadOnlySpan<(string Name, string Value)> fields)
    {
        json.WriteStartObject();
        json.WriteString("op", op);
        foreach ((string name, string value) in fields)
        {
            json.WriteString(name, value);
        }
    }
}
