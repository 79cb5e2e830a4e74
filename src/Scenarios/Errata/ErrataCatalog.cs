using System.Text.Json;
using Iopf.Kernel;

namespace Iopf.Errata;

/// <summary>The list of the 78 defects of the posted code.</summary>
public static class ErrataCatalog
{
    private static readonly Lazy<IReadOnlyList<ErrataEntry>> Entries = new(Load);

    /// <summary>The defects, by id.</summary>
    public static IReadOnlyList<ErrataEntry> All => Entries.Value;

    /// <summary>One of them.</summary>
    /// <param name="id">Its id.</param>
    /// <returns>What is known of it.</returns>
    public static ErrataEntry Get(Erratum id) => All[(int)id - 1];

    private static List<ErrataEntry> Load()
    {
        using Stream resource = typeof(ErrataCatalog).Assembly.GetManifestResourceStream("Iopf.Errata.errata.json")!;
        using JsonDocument document = JsonDocument.Parse(resource);
        List<ErrataEntry> entries = [];
        foreach (JsonElement entry in document.RootElement.EnumerateArray())
        {
            string Text(string name) => entry.GetProperty(name).GetString()!;
            entries.Add(new ErrataEntry(
                Enum.Parse<Erratum>(Text("id")),
                entry.GetProperty("patch").GetInt32(),
                Text("severity"),
                Text("kind"),
                Text("title"),
                Text("raised_by"),
                Text("status"),
                Text("posted"),
                Text("trigger"),
                Text("consequence"),
                Text("invariant"),
                Text("corrected"),
                Text("function"),
                [.. entry.GetProperty("files").EnumerateArray().Select(file => file.GetString()!)]));
        }

        return entries;
    }
}
