using Iopf.Kernel;
using Iopf.Patches;

namespace Iopf.Settings;

/// <summary>What a run is configured with.</summary>
/// <remarks>Section <c>Iopf</c> of appsettings.json, environment variables <c>IOPF__...</c> over it, the command line over both.</remarks>
public sealed class IopfOptions
{
    /// <summary>The configuration section these options are bound to.</summary>
    public const string Section = "Iopf";

    /// <summary>Which patches are on.</summary>
    /// <value>A patch spec in configuration. The default is the whole series.</value>
    public PatchSet Patches { get; set; } = PatchSet.All;

    /// <summary>Which defects of the posted code are on.</summary>
    /// <value>The default is none.</value>
    public ErrataSet Errata { get; set; }

    /// <summary>Why the configured value was refused; null if it was not.</summary>
    internal string? Complaint { get; set; }
}
