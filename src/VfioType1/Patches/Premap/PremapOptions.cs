using System.ComponentModel.DataAnnotations;

namespace Iopf.VfioType1.Patches.Premap;

/// <summary>The knob of patch 4.</summary>
public sealed class PremapOptions
{
    /// <summary>The configuration section these options are bound to.</summary>
    public const string Section = "Premap";

    /// <summary>How many pages one fault may map, counting the faulting page.</summary>
    /// <value>1 to 1,048,576. The default is 512; 1 behaves as if the patch were absent.</value>
    /// <remarks>Kernel: <c>IOPF_PREMAP_LEN</c>. Deviation: a constant there, an option here, so that it can be swept.</remarks>
    [Range(1, 1_048_576)]
    public int Length { get; set; } = 512;

    /// <summary>Which pages beyond the faulting one the window may hold.</summary>
    /// <value>The default is any page.</value>
    public PremapPopulation Populate { get; set; }
}
