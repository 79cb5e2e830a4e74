using System.Globalization;
using Iopf.Density.Policies;
using Iopf.Kernel;

namespace Iopf.Density;

/// <summary>A policy by name.</summary>
/// <param name="Name">Its name: static, iopf-N, viommu, coiommu or npf, or that of a policy of the caller's.</param>
public sealed record DensityPolicy(string Name)
{
    internal const int LongestWindow = 1_048_576;

    /// <summary>The expected form of a list of policies, in words.</summary>
    public const string Form = "one or more of static, iopf-N with N from 1 to 1048576, viommu, coiommu, npf, with commas between";

    /// <summary>The policies of a study that names none.</summary>
    public const string Default = "static,iopf-1,iopf-8,iopf-64,iopf-512,viommu,coiommu,npf";

    private Func<IPremapLength>? Lengths { get; init; }

    /// <summary>Reads a list of policies.</summary>
    /// <param name="text">The list.</param>
    /// <param name="place">Where it stands, for the complaint.</param>
    /// <returns>The policies, each once.</returns>
    /// <exception cref="InputException">It is no such list.</exception>
    public static IReadOnlyList<DensityPolicy> Parse(string text, string place)
    {
        ArgumentNullException.ThrowIfNull(text);
        string[] names = text.Split(',', StringSplitOptions.TrimEntries);
        return [.. names.Distinct(StringComparer.Ordinal).Select(name => name is "static" or "viommu" or "coiommu" or "npf" || WindowOf(name) > 0
            ? new DensityPolicy(name)
            : throw new InputException($"{place}: '{name}' is not a policy; expected {Form}"))];
    }

    /// <summary>A policy that maps pages when the device faults on them, as many as an answer of the caller's says.</summary>
    /// <param name="name">The policy's name.</param>
    /// <param name="lengths">Makes the answer for one guest. Runs of a study may be under way at once, so it may be called from several threads.</param>
    /// <returns>The policy.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="lengths"/> is null.</exception>
    public static DensityPolicy MappedOnFault(string name, Func<IPremapLength> lengths)
    {
        ArgumentNullException.ThrowIfNull(lengths);
        return new DensityPolicy(name) { Lengths = lengths };
    }

    internal IDevicePolicy Create(DensitySpec spec) => Name switch
    {
        _ when Lengths is not null => new MappedOnFault(Lengths, spec.Options, spec.Costs),
        "static" => new StaticPinning(),
        "viommu" => new MappedPerBuffer(spec.Options),
        "coiommu" => new UnpinnedLater(spec.Options),
        "npf" => new FaultsAtNic(spec.Options),
        _ => new MappedOnFault(() => new FixedLength(WindowOf(Name)), spec.Options, spec.Costs),
    };

    private static int WindowOf(string name) =>
        name.StartsWith("iopf-", StringComparison.Ordinal)
        && int.TryParse(name.AsSpan(5), NumberStyles.None, CultureInfo.InvariantCulture, out int pages) && pages is >= 1 and <= LongestWindow
            ? pages
            : 0;

    private sealed class FixedLength(int pages) : IPremapLength
    {
        public int Next(int page, bool wasInvalidated) => pages;
    }
}
