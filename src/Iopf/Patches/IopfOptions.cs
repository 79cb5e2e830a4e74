using Iopf.Kernel;
using Iopf.Patches;

namespace Iopf.Settings;

/// <summary>Which patches and which defects of the posted code a modeled host has.</summary>
/// <remarks>Section <c>Iopf</c> of a configuration: <c>Patches</c> is a patch spec, <c>Errata</c> an errata spec.</remarks>
public sealed class IopfOptions
{
    /// <summary>The configuration section these options are bound to.</summary>
    public const string Section = "Iopf";

    /// <summary>Which patches are on.</summary>
    /// <value>A patch spec in configuration. The default is the whole series.</value>
    public PatchSet Patches { get; set; } = PatchSet.All;

    /// <summary>Which defects of the posted code are on.</summary>
    /// <value>An errata spec in configuration. The default is none.</value>
    public ErrataSet Errata { get; set; }

    /// <summary>The same choice, apart from later changes of this one.</summary>
    internal IopfOptions Copy() => new() { Patches = Patches, Errata = Errata };
}
