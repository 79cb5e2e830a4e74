using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Iopf.Scenarios.Format;

/// <summary>Writes the format's JSON schema (draft 2020-12) from the table that the reader uses.</summary>
internal static class ScenarioSchema
{
    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Writes the schema.</summary>
    /// <returns>A JSON document that ends with a line break.</returns>
    public static string Write()
    {
        JsonObject definitions = new()
        {
            ["number"] = Any(new JsonObject { ["type"] = "integer", ["minimum"] = 0 }, Text("^(0[xX][0-9a-fA-F]{1,16}|[0-9]{1,20})$")),
            ["name"] = Text("^[A-Za-z0-9_.:-]{1,64}$"),
            ["scalar"] = new JsonObject { ["type"] = new JsonArray("string", "number", "boolean") },
            ["steps"] = new JsonObject { ["type"] = "array", ["minItems"] = 1, ["items"] = Reference("step") },
            ["step"] = new JsonObject { ["oneOf"] = new JsonArray([.. OperationTable.Names.Select(name => Reference($"op_{name}"))]) },
            ["machine"] = Machine(),
        };
        foreach (OperationSpec operation in OperationTable.All)
        {
            definitions[$"op_{operation.Name}"] = Step(operation);
        }

        JsonObject root = Object(
            "A machine and what happens on it.",
            new JsonObject
            {
                ["$schema"] = new JsonObject { ["type"] = "string" },
                ["name"] = Reference("name"),
                ["about"] = new JsonObject { ["type"] = "string", ["description"] = "What it shows and what to watch." },
                ["patch"] = new JsonObject { ["type"] = "integer", ["minimum"] = 1, ["maximum"] = 8 },
                ["patches"] = new JsonObject { ["type"] = "string", ["description"] = "A patch specification: none, all, 1-5, 1,2,5." },
                ["errata"] = new JsonObject { ["type"] = "string", ["description"] = "Defects of the posted code that are on: none, all, E01,E23." },
                ["concerns"] = new JsonObject { ["type"] = "string", ["description"] = "Defects that go wrong in some order of the threads: E25,E26. iopf explore --find looks here." },
                ["set"] = new JsonObject { ["type"] = "object", ["additionalProperties"] = Reference("scalar") },
                ["machine"] = Reference("machine"),
                ["steps"] = Reference("steps"),
            },
            ["name", "about", "machine", "steps"]);
        root.Insert(0, "$schema", "https://json-schema.org/draft/2020-12/schema");
        root.Insert(1, "title", "Iopf scenario");
        root["$defs"] = definitions;
        return root.ToJsonString(Indented) + "\n";
    }

    private static JsonObject Step(OperationSpec operation)
    {
        JsonObject properties = new() { ["op"] = new JsonObject { ["const"] = operation.Name } };
        foreach (OperationField field in operation.Fields)
        {
            JsonObject value = Value(field);
            value["description"] = field.Default.Length == 0 ? field.About : $"{field.About} (default {field.Default})";
            properties[field.Name] = value;
        }

        properties["expect"] = Expectation(operation);
        properties["note"] = new JsonObject { ["type"] = "string" };
        string[] required = ["op", .. operation.Fields.Where(field => field.IsRequired && !field.IsReference).Select(field => field.Name)];
        return Object(operation.About, properties, required);
    }

    private static JsonObject Expectation(OperationSpec operation)
    {
        JsonObject details = new() { ["result"] = Reference("scalar") };
        foreach (string report in operation.Reports)
        {
            details[report] = Reference("scalar");
        }

        return Any(Reference("scalar"), Object("The result, and details.", details, []));
    }

    private static JsonObject Value(OperationField field) => field.Kind switch
    {
        FieldKind.Flag => new JsonObject { ["type"] = "boolean" },
        FieldKind.Choice => Words(field),
        FieldKind.Choices => List(Words(field)),
        FieldKind.Data => Text("^([0-9a-fA-F]{2})+$"),
        FieldKind.Addresses or FieldKind.Counts => List(Reference("number")),
        FieldKind.Steps => Reference("steps"),
        FieldKind.Threads => new JsonObject { ["type"] = "object", ["additionalProperties"] = new JsonObject { ["type"] = "array", ["items"] = Reference("step") } },
        FieldKind.Texts => List(new JsonObject { ["type"] = "string" }),
        FieldKind.NewProcess or FieldKind.NewContainer => Reference("name"),
        _ when field.IsReference => Reference("name"),
        _ => Reference("number"),
    };

    private static JsonObject Machine() => Object(
        "What the machine is made of.",
        new JsonObject
        {
            ["smmus"] = List(Object(
                "An SMMU.",
                new JsonObject
                {
                    ["name"] = Reference("name"),
                    ["stall_model"] = Words(MachineReader.StallModels),
                    ["splits_blocks"] = new JsonObject { ["type"] = "boolean" },
                    ["min_page"] = Reference("number"),
                    ["tells_nesting"] = new JsonObject { ["type"] = "boolean" },
                    ["event_queue_log2"] = new JsonObject { ["type"] = "integer", ["minimum"] = 0, ["maximum"] = 7 },
                },
                ["name"])),
            ["devices"] = List(Object(
                "A device behind an SMMU.",
                new JsonObject
                {
                    ["name"] = Reference("name"),
                    ["smmu"] = Reference("name"),
                    ["stream_id"] = Reference("number"),
                    ["group"] = Reference("number"),
                    ["can_stall"] = new JsonObject { ["type"] = "boolean" },
                    ["pasid_bits"] = Reference("number"),
                    ["driver"] = Words(MachineReader.Drivers),
                    ["transfer"] = new JsonObject { ["type"] = "boolean" },
                    ["msi_window"] = Reference("number"),
                    ["present"] = new JsonObject { ["type"] = "boolean" },
                    ["tolerates_faults"] = new JsonObject { ["type"] = "boolean" },
                    ["reserved"] = List(Object(
                        "Device addresses that the platform keeps from it.",
                        new JsonObject { ["iova"] = Reference("number"), ["size"] = Reference("number") },
                        ["iova", "size"])),
                },
                ["name", "stream_id", "group"])),
            ["mediated"] = List(Object(
                "A mediated device.",
                new JsonObject { ["name"] = Reference("name"), ["group"] = Reference("number"), ["iommu_device"] = Reference("name") },
                ["name", "group"])),
            ["processes"] = List(Object(
                "A process.",
                new JsonObject
                {
                    ["name"] = Reference("name"),
                    ["memlock"] = Reference("number"),
                    ["ipc_lock"] = new JsonObject { ["type"] = "boolean" },
                },
                ["name"])),
        },
        []);

    private static JsonObject Object(string about, JsonObject properties, string[] required) => new()
    {
        ["type"] = "object",
        ["description"] = about,
        ["properties"] = properties,
        ["required"] = new JsonArray([.. required.Select(name => JsonValue.Create(name))]),
        ["additionalProperties"] = false,
    };

    private static JsonObject Reference(string name) => new() { ["$ref"] = $"#/$defs/{name}" };

    private static JsonObject Text(string pattern) => new() { ["type"] = "string", ["pattern"] = pattern };

    private static JsonObject List(JsonObject item) => new() { ["type"] = "array", ["items"] = item };

    private static JsonObject Any(params JsonObject[] forms) => new() { ["anyOf"] = new JsonArray([.. forms]) };

    private static JsonObject Words(OperationField field) => Words(field.Words);

    private static JsonObject Words(IReadOnlyList<string> words) =>
        new() { ["enum"] = new JsonArray([.. words.Select(word => JsonValue.Create(word))]) };
}
