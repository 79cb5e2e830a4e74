using Iopf.Kernel;

namespace Iopf.Errata;

/// <summary>The reproducers, one for each defect that can be shown.</summary>
public static class Reproducers
{
    private const string Prefix = "Iopf.Errata.Reproducers.";

    private static readonly Lazy<SortedDictionary<Erratum, Reproducer>> Loaded = new(Load);

    /// <summary>All of them, by id.</summary>
    public static IReadOnlyDictionary<Erratum, Reproducer> All => Loaded.Value;

    /// <summary>Reads a reproducer from text.</summary>
    /// <param name="source">What errors call the text.</param>
    /// <param name="text">JSON.</param>
    /// <returns>The reproducer.</returns>
    /// <exception cref="InputException">The text is not a reproducer.</exception>
    public static Reproducer Parse(string source, string text) => ReproducerReader.Read(source, text);

    private static SortedDictionary<Erratum, Reproducer> Load()
    {
        SortedDictionary<Erratum, Reproducer> reproducers = [];
        foreach (string resource in typeof(Reproducers).Assembly.GetManifestResourceNames().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)))
        {
            using StreamReader reader = new(typeof(Reproducers).Assembly.GetManifestResourceStream(resource)!);
            Reproducer reproducer = ReproducerReader.Read(resource[Prefix.Length..], reader.ReadToEnd());
            reproducers.Add(reproducer.Id, reproducer);
        }

        return reproducers;
    }
}
