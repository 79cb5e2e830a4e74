namespace Iopf.Kernel;

/// <summary>Which defects of the posted code a kernel has.</summary>
public sealed class ErrataOptions
{
    /// <summary>The defects that are on.</summary>
    /// <value>The default is none.</value>
    public ErrataSet Errata { get; set; }
}
