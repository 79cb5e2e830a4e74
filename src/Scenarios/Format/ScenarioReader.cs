using System.Text.Json;
using Iopf.Kernel;
using Iopf.Machine;
using Iopf.Patches;
using Iopf.Settings;

namespace Iopf.Scenarios.Format;

/// <summary>Reads a scenario from its JSON text.</summary>
internal static class ScenarioReader
{
    private static readonly string[] Fields = ["$schema", "name", "about", "patch", "patches", "errata", "concerns", "set", "machine", "steps"];

    /// <summary>Reads a scenario.</summary>
    /// <param name="source">What errors call the file.</param>
    /// <param name="text">Its contents.</param>
    /// <returns>The scenario.</returns>
    /// <exception cref="InputException">The text is not a scenario.</exception>
    public static Scenario Read(string source, string text)
    {
        JsonPlace root = JsonPlace.Parse(source, text);
        Dictionary<string, JsonPlace> members = root.Members(Fields, "a scenario (an object)");
        MachineSpec machine = MachineReader.Read(Required(root, members, "machine"));
        return new Scenario(
            Required(root, members, "name").Name("a name"),
            Required(root, members, "about").Text("what the scenario shows"),
            source,
            members.TryGetValue("patch", out JsonPlace? patch) ? (int)patch.Number("a patch number", 1, 8) : null,
            members.TryGetValue("patches", out JsonPlace? patches) ? ReadPatches(patches) : null,
            members.TryGetValue("set", out JsonPlace? set) ? ReadSettings(set) : new Dictionary<string, string>(),
            machine,
            new StepReader(new DeclaredNames(machine)).Read(Required(root, members, "steps")))
        {
            Errata = members.TryGetValue("errata", out JsonPlace? errata) ? ReadErrata(errata) : null,
            Concerns = members.TryGetValue("concerns", out JsonPlace? concerns) ? ErrataSpec.Parse(ReadErrata(concerns)) : ErrataSet.None,
        };
    }

    private static JsonPlace Required(JsonPlace place, Dictionary<string, JsonPlace> members, string name) =>
        members.TryGetValue(name, out JsonPlace? value) ? value : throw place.Wrong($"the field \"{name}\" is missing");

    private static string ReadPatches(JsonPlace place)
    {
        string spec = place.Text("a patch specification such as \"all\" or \"1-5\"");
        return PatchSpec.TryParse(spec, out _, out string? complaint) ? spec : throw place.Wrong(complaint);
    }

    private static string ReadErrata(JsonPlace place)
    {
        string spec = place.Text("an errata specification such as \"none\" or \"E01,E23\"");
        return ErrataSpec.TryParse(spec, out _, out string? complaint) ? spec : throw place.Wrong(complaint);
    }

    private static Dictionary<string, string> ReadSettings(JsonPlace place)
    {
        Dictionary<string, string> settings = [];
        foreach ((string name, JsonPlace value) in place.AnyMembers("options (an object) such as { \"Premap:Length\": 1 }"))
        {
            string[] parts = name.Split(':');
            if (parts.Length != 2 || parts.Any(string.IsNullOrWhiteSpace))
            {
                throw value.Wrong("expected an option name of the form \"Section:Name\", such as \"Premap:Length\"");
            }

            string text = value.Element.ValueKind switch
            {
                JsonValueKind.String => value.Element.GetString()!,
                JsonValueKind.Number => value.Element.GetRawText(),
                JsonValueKind.True => "true",
                JsonValueKind.False => "false",
                _ => throw value.Expected("a text, a number, true or false"),
            };
            KeyValuePair<string, string> setting = SettableOptions.Model.Check(name, text, $"{value.File}: {value.Path}");
            settings[setting.Key] = setting.Value;
        }

        return settings;
    }
}
