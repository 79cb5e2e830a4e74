using System.Text.Json;
using Iopf.Kernel;
using Iopf.Settings;

namespace Iopf.Scenarios.Format;

/// <summary>Reads the steps of a scenario.</summary>
/// <param name="names">The objects they may name.</param>
internal sealed class StepReader(DeclaredNames names)
{
    private const int DeepestRepeat = 4;
    private static readonly string[] Common = ["op", "expect", "note"];

    private readonly FieldReader _fields = new(names);
    private ulong _factor = 1;
    private ulong _executed;
    private bool _isInThread;

    /// <summary>Reads a list of steps.</summary>
    /// <param name="place">The list in the file.</param>
    /// <param name="depth">How many repeat blocks surround it.</param>
    /// <returns>The steps.</returns>
    /// <exception cref="InputException">One of them is not what the format allows.</exception>
    public IReadOnlyList<ScenarioStep> Read(JsonPlace place, int depth = 0)
    {
        ScenarioStep[] steps = ReadAny(place, depth);
        return steps.Length > 0 ? steps : throw place.Wrong("expected at least one step");
    }

    private ScenarioStep[] ReadAny(JsonPlace place, int depth) => [.. place.Items("a list of steps").Select(step => ReadStep(step, depth))];

    private ScenarioStep ReadStep(JsonPlace place, int depth)
    {
        Dictionary<string, JsonPlace> any = place.AnyMembers("a step (an object with \"op\")");
        OperationSpec operation = OperationOf(place, any);
        Dictionary<string, JsonPlace> members = place.Members(
            [.. operation.Fields.Select(field => field.Name), .. Common], $"a step of operation {operation.Name}");

        if (_isInThread && operation.Name is ("parallel" or "random" or "workload"))
        {
            throw place.Wrong($"\"{operation.Name}\" cannot stand in a thread");
        }

        _executed += _factor;
        if (_executed > OperationTable.MostSteps)
        {
            throw place.Wrong($"the scenario has more than {OperationTable.MostSteps} steps, repeats counted");
        }

        Dictionary<string, StepValue> values = ReadFields(operation, place, members);
        bool hasBlock = members.TryGetValue("steps", out JsonPlace? steps);
        IReadOnlyList<ScenarioStep> block = hasBlock ? Block(steps!, values["n"].Number, depth) : [];
        Expectation? expect = members.TryGetValue("expect", out JsonPlace? expected) ? ReadExpectation(operation, expected) : null;
        string note = members.TryGetValue("note", out JsonPlace? remark) ? remark.Text("a remark") : "";
        ScenarioStep step = new(operation.Name, place.Path, values, expect, note, block)
        {
            Threads = members.TryGetValue("threads", out JsonPlace? threads) ? ReadThreads(threads, depth) : [],
        };
        return names.Note(step) is string reason ? throw place.Wrong(reason) : step;
    }

    private static OperationSpec OperationOf(JsonPlace place, Dictionary<string, JsonPlace> members)
    {
        if (!members.TryGetValue("op", out JsonPlace? name))
        {
            throw place.Wrong("the field \"op\" is missing");
        }

        string written = name.Text("the name of an operation");
        return OperationTable.Find(written)
            ?? throw name.Wrong($"unknown operation \"{(written.Length > 40 ? written[..40] : written)}\"; "
                + $"expected one of: {NearestNames.List(OperationTable.Names, written)}");
    }

    private Dictionary<string, StepValue> ReadFields(OperationSpec operation, JsonPlace place, Dictionary<string, JsonPlace> members)
    {
        Dictionary<string, StepValue> values = [];
        foreach (OperationField field in operation.Fields)
        {
            if (members.TryGetValue(field.Name, out JsonPlace? given))
            {
                if (field.Kind is not (FieldKind.Steps or FieldKind.Threads))
                {
                    values[field.Name] = _fields.Read(field, given);
                }
            }
            else if (field.Kind == FieldKind.NewContainer)
            {
                values[field.Name] = new StepValue("container");
            }
            else if (field.IsRequired)
            {
                values[field.Name] = new StepValue(OnlyOne(field, place));
            }
        }

        return values;
    }

    private string OnlyOne(OperationField field, JsonPlace place)
    {
        List<string> known = field.IsReference ? names.Of(field.Kind) : [];
        if (known.Count == 1)
        {
            return known[0];
        }

        string rule = known.Count > 1 ? "; it may be left out only where there is one" : "";
        throw place.Wrong($"the field \"{field.Name}\" is missing ({field.About}){rule}");
    }

    private List<KeyValuePair<string, IReadOnlyList<ScenarioStep>>> ReadThreads(JsonPlace place, int depth)
    {
        List<KeyValuePair<string, IReadOnlyList<ScenarioStep>>> threads = [];
        foreach ((string name, JsonPlace steps) in place.AnyMembers("threads (an object): a list of steps for each name"))
        {
            if (!JsonPlace.IsName(name))
            {
                throw steps.Wrong($"\"{name}\" is not the name of a thread; expected 1 to 64 letters, digits and \"_-.:\"");
            }

            _isInThread = true;

            // What exploring found may need nothing of a thread but that it is there.
            threads.Add(new(name, ReadAny(steps, depth + 1)));
            _isInThread = false;
        }

        return threads.Count > 0 ? threads : throw place.Wrong("expected at least one thread");
    }

    private IReadOnlyList<ScenarioStep> Block(JsonPlace place, ulong times, int depth)
    {
        if (depth >= DeepestRepeat)
        {
            throw place.Wrong($"repeat blocks are nested more than {DeepestRepeat} deep");
        }

        ulong outer = _factor;
        _factor = outer * times > OperationTable.MostSteps ? OperationTable.MostSteps + 1 : outer * times;
        IReadOnlyList<ScenarioStep> steps = Read(place, depth + 1);
        _factor = outer;
        if (times > 1)
        {
            ReadAgain(place, depth + 1);
        }

        return steps;
    }

    // The second round must find its names too: a block that opens what it never closes cannot be repeated.
    private void ReadAgain(JsonPlace place, int depth)
    {
        ulong outer = _factor;
        _factor = 0;
        Read(place, depth);
        _factor = outer;
    }

    private static Expectation ReadExpectation(OperationSpec operation, JsonPlace place)
    {
        if (place.Element.ValueKind != JsonValueKind.Object)
        {
            return new Expectation(Value(place), []);
        }

        List<KeyValuePair<string, string>> details = [];
        string? result = null;
        foreach ((string name, JsonPlace expected) in place.Members(["result", .. operation.Reports], "an expectation"))
        {
            if (name == "result")
            {
                result = Value(expected);
            }
            else
            {
                details.Add(new(name, Value(expected)));
            }
        }

        return new Expectation(result, details);
    }

    private static string Value(JsonPlace place) => place.Element.ValueKind switch
    {
        JsonValueKind.String => place.Element.GetString()!,
        JsonValueKind.Number => place.Element.GetRawText(),
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        _ => throw place.Expected("a word, a number, true or false"),
    };
}
