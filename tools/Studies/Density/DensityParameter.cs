namespace Iopf.Density;

/// <summary>A number that a density study rests on, and how sure it is.</summary>
/// <param name="Name">The option: section and name.</param>
/// <param name="Value">Its value in this study.</param>
/// <param name="Unit">The unit.</param>
/// <param name="Status">fact (published and read), inferred (follows from published numbers), fitted, recalled (published, but not at hand to check), assumption, or choice (part of the question).</param>
/// <param name="Source">Where the default comes from; of any other value, who set it.</param>
public sealed record DensityParameter(string Name, string Value, string Unit, string Status, string Source)
{
    /// <summary>Whether it is another value than the default.</summary>
    public bool IsSet { get; init; }
}
