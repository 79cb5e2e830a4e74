using Iopf.Kernel;
using Iopf.Scenarios.Format;

namespace Iopf.Errata;

/// <summary>Reads a reproducer from its JSON text.</summary>
internal static class ReproducerReader
{
    private static readonly string[] Fields = ["id", "needs", "invariant", "about", "observe", "corrected_set", "remains", "scenario"];

    /// <summary>Reads a reproducer.</summary>
    /// <param name="source">What errors call the file.</param>
    /// <param name="text">Its contents.</param>
    /// <returns>The reproducer.</returns>
    /// <exception cref="InputException">The text is not a reproducer.</exception>
    public static Reproducer Read(string source, string text)
    {
        JsonPlace root = JsonPlace.Parse(source, text);
        Dictionary<string, JsonPlace> members = root.Members(Fields, "a reproducer (an object)");
        Erratum id = Id(Required(root, members, "id"));
        ErrataSet needs = ErrataSet.None;
        if (members.TryGetValue("needs", out JsonPlace? needed))
        {
            foreach (JsonPlace item in needed.Items("a list of ids"))
            {
                needs = needs.With(Id(item));
            }
        }

        Observation[] observations = [.. Required(root, members, "observe").Items("a list of observations").Select(ReadObservation)];
        if (observations.Length == 0)
        {
            throw root.Wrong("nothing is observed");
        }

        return new Reproducer(
            id,
            needs,
            Required(root, members, "invariant").Text("a promise"),
            Required(root, members, "about").Text("what is seen"),
            observations,
            ScenarioReader.Read(source, Required(root, members, "scenario").Element.GetRawText()))
        {
            Remains = members.TryGetValue("remains", out JsonPlace? remains) ? [.. remains.Items("a list of texts").Select(item => item.Text("a text"))] : [],
            CorrectedSettings = members.TryGetValue("corrected_set", out JsonPlace? set)
                ? set.AnyMembers("options").ToDictionary(option => option.Key, option => option.Value.Text("a value"))
                : new Dictionary<string, string>(),
        };
    }

    private static JsonPlace Required(JsonPlace place, Dictionary<string, JsonPlace> members, string name) =>
        members.TryGetValue(name, out JsonPlace? value) ? value : throw place.Wrong($"the field \"{name}\" is missing");

    private static Erratum Id(JsonPlace place) =>
        ErrataSpec.TryParseId(place.Text("an id such as \"E01\""), out Erratum id) ? id : throw place.Expected("an id such as \"E01\"");

    private static Observation ReadObservation(JsonPlace place)
    {
        Dictionary<string, JsonPlace> members = place.Members(["violation", "contains", "step", "result", "detail", "value"], "an observation");
        string Text(string name) => members.TryGetValue(name, out JsonPlace? value) ? value.Text("a text") : "";
        if (members.ContainsKey("violation"))
        {
            return new Observation(null, "", Text("violation"), Text("contains"));
        }

        int step = (int)Required(place, members, "step").Number("a number", 0, 1_000_000);
        return members.ContainsKey("detail")
            ? new Observation(step, Text("detail"), Text("value"), "")
            : new Observation(step, "", Text("result"), "");
    }
}
