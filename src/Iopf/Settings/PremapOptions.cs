using System.ComponentModel.DataAnnotations;

namespace Iopf.Settings;

/// <summary>Stands in for the options of patch 4 until its room has them.</summary>
internal sealed class PremapOptions
{
    /// <summary>How many pages one fault may map, counting the faulting page.</summary>
    /// <value>1 to 1,048,576. The default is 512.</value>
    [Range(1, 1_048_576)]
    public int Length { get; set; } = 512;
}
