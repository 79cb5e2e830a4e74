using Iopf.Kernel;
using Iopf.Patches;

namespace Iopf.Comparing;

/// <summary>What the kernel of a run is: which patches it has, and which defects of the posted code.</summary>
/// <param name="Patches">The patches.</param>
/// <param name="Errata">The defects.</param>
public readonly record struct Variant(PatchSet Patches, ErrataSet Errata)
{
    /// <summary>What two kernels do not have in common.</summary>
    /// <param name="left">One.</param>
    /// <param name="right">The other.</param>
    /// <returns>The patches, then the defects, each ascending.</returns>
    public static IReadOnlyList<Difference> Between(Variant left, Variant right)
    {
        IEnumerable<Difference> patches = PatchCatalog.All
            .Where(patch => left.Patches.Contains(patch.Number) != right.Patches.Contains(patch.Number))
            .Select(patch => new Difference(patch, null));
        IEnumerable<Difference> errata = Enum.GetValues<Erratum>()
            .Where(erratum => left.Errata.Contains(erratum) != right.Errata.Contains(erratum))
            .Select(erratum => new Difference(null, erratum));
        return [.. patches, .. errata];
    }

    /// <summary>This kernel with one thing put on that is off, or the other way round.</summary>
    /// <param name="difference">What.</param>
    /// <returns>The other kernel.</returns>
    public Variant Switched(Difference difference)
    {
        if (difference.Patch is { Number: int number })
        {
            return this with { Patches = Patches.Contains(number) ? Patches.Without(number) : Patches.With(number) };
        }

        Erratum erratum = difference.Erratum!.Value;
        return this with { Errata = Errata.Contains(erratum) ? Errata.Without(erratum) : Errata.With(erratum) };
    }

    /// <summary>In the words of the command line.</summary>
    /// <returns><c>patches 1-5</c>, or <c>patches all, errata E21</c>.</returns>
    public override string ToString() => Errata.IsEmpty ? $"patches {Patches}" : $"patches {Patches}, errata {Errata}";

    /// <summary>One patch or one defect that a kernel has and another has not.</summary>
    /// <param name="Patch">The patch; <see langword="null"/> for a defect.</param>
    /// <param name="Erratum">The defect; <see langword="null"/> for a patch.</param>
    public readonly record struct Difference(PatchModule? Patch, Erratum? Erratum);
}
