using System.Text.Json;
using System.Text.Json.Nodes;
using Iopf.Kernel;
using Iopf.Patches;

namespace Iopf.Replay.Posted;

/// <summary>Holds the model with every erratum on against a recording of the posted patches, line by line.</summary>
internal static class PostedReplay
{
    /// <summary>The format's name.</summary>
    public const string Format = "rfc-iopf-recording/1";

    private const int LongestPremap = 1 << 20;
    private static readonly string[] Answers =
        ["ret", "resp", "unmapped", "pfns", "live_objects", "calls", "warn", "locks", "oops", "state"];

    /// <summary>Performs every operation and compares every answer.</summary>
    /// <param name="file">The recording.</param>
    /// <param name="lines">Its lines, the header first.</param>
    /// <returns>How it went.</returns>
    /// <exception cref="InputException">A line is malformed.</exception>
    public static ReplayReport Run(string file, RecordingLines lines)
    {
        (PatchSet patches, int premapLength) = ReadHeader(lines);
        using PostedMachine machine = new(patches, premapLength);
        PostedOperations operations = new(machine);
        PostedState state = new(machine);
        int performed = 0;
        int matched = 0;
        ReplayMismatch? first = null;

        // All of it is one thread's doing, which may leave with a lock held.
        machine.Kernel.Scheduler.Enter(machine.Kernel.Scheduler.CreateCaller("recorder"));
        while (lines.Next() is string line)
        {
            using JsonDocument document = Parse(lines, line);
            (JsonObject recorded, string text, RecordingFields inputs) = Split(lines, document.RootElement);
            string op = inputs.Text("op");
            inputs.Number("i");
            JsonObject answered = Answer(machine, operations, state, op, inputs);
            performed++;
            string? field = Answers.FirstOrDefault(name => !JsonNode.DeepEquals(recorded[name], answered[name]));
            if (field is null)
            {
                matched++;
            }
            else
            {
                first ??= new ReplayMismatch(lines.Number, text, Text(field, recorded), Text(field, answered));
            }
        }

        return new ReplayReport(file, Format, performed, matched, first, []);
    }

    private static string Text(string field, JsonObject answer) => $"{field}={answer[field]?.ToJsonString() ?? "nothing"}";

    private static JsonObject Answer(PostedMachine machine, PostedOperations operations, PostedState state, string op, RecordingFields inputs)
    {
        JsonObject answer = [];
        try
        {
            operations.Perform(op, inputs, answer);
            inputs.ExpectNoOthers();
        }
        catch (Exception end) when (end is KernelOopsException or LockMisuseException or DeadlockException)
        {
            answer.Clear();
            answer["oops"] = TextOf(end);
            machine.Calls.MoveTo(answer);
            return answer;
        }

        machine.Calls.MoveTo(answer);
        machine.Kernel.Scheduler.Current.HasFatalSignal = false;
        JsonArray locks = HeldLocks(machine);
        if (locks.Count > 0)
        {
            answer["locks"] = locks;
        }

        JsonObject changed = state.Changed();
        if (changed.Count > 0)
        {
            answer["state"] = changed;
        }

        return answer;
    }

    private static string TextOf(Exception end) => end switch
    {
        LockMisuseException { Place.Length: > 0 } misuse => $"deadlock: {LockName(misuse.LockClass)} lock taken in {misuse.Place} while already held",
        DeadlockException { Place.Length: > 0 } wait => $"blocked forever in {wait.Place}",
        _ => end.Message,
    };

    private static string LockName(string lockClass) => lockClass switch
    {
        "iommu.lock" => "iommu",
        "param.lock" => "device",
        _ => lockClass,
    };

    private static JsonArray HeldLocks(PostedMachine machine)
    {
        KernelThread thread = machine.Kernel.Scheduler.Current;
        JsonArray held = [];
        if (machine.Container is { } container && thread.Holds(container.Lock))
        {
            held.Add((JsonNode)"iommu");
        }

        if (machine.Devices.Any(device => device.Iommu is { } iommu && thread.Holds(iommu.Lock)))
        {
            held.Add((JsonNode)"device");
        }

        return held;
    }

    private static (PatchSet Patches, int PremapLength) ReadHeader(RecordingLines lines)
    {
        using JsonDocument document = Parse(lines, lines.Next()!);
        RecordingFields fields = RecordingFields.Of(lines.Place, "", document.RootElement);
        fields.Text("format", Format);
        fields.Text("description");
        int premapLength = (int)fields.Number("premap_len", LongestPremap);
        string spec = fields.Text("patches");
        if (!PatchSpec.TryParse(spec, out PatchSet patches, out string? complaint))
        {
            throw fields.Complaint("patches", complaint);
        }

        if (fields.Number("page_size") != Page.Size)
        {
            throw fields.Complaint("page_size", "expected 4096");
        }

        if (fields.Has("seed"))
        {
            fields.Number("seed");
        }

        fields.ExpectNoOthers();
        return (patches, Math.Max(premapLength, 1));
    }

    /// <summary>Takes the answer out of a line, so that whoever performs it cannot look at it.</summary>
    private static (JsonObject Recorded, string Text, RecordingFields Inputs) Split(RecordingLines lines, JsonElement line)
    {
        JsonObject recorded = [];
        JsonObject inputs = [];
        if (line.ValueKind != JsonValueKind.Object)
        {
            throw new InputException($"{lines.Place}: expected an object");
        }

        foreach (JsonProperty property in line.EnumerateObject())
        {
            JsonObject part = Answers.Contains(property.Name) ? recorded : inputs;
            if (!part.TryAdd(property.Name, JsonNode.Parse(property.Value.GetRawText())))
            {
                throw new InputException($"{lines.Place}: {property.Name}: expected once, found twice");
            }
        }

        string text = string.Join(' ', inputs.Where(input => input.Key is not ("i" or "op")).Select(input => $"{input.Key}={input.Value}"));
        using JsonDocument document = JsonDocument.Parse(inputs.ToJsonString());
        return (recorded, $"{inputs["op"]} {text}".TrimEnd(), RecordingFields.Of(lines.Place, "", document.RootElement.Clone()));
    }

    private static JsonDocument Parse(RecordingLines lines, string line)
    {
        try
        {
            return StrictJson.Parse(line);
        }
        catch (JsonException)
        {
            string found = lines.EndedProperly ? "something else" : "one that ends early (is the file truncated?)";
            throw new InputException($"{lines.Place}: expected a line of JSON, found {found}");
        }
    }
}
