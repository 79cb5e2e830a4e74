namespace Iopf.VfioType1.Patches.DeferredMapping;

/// <summary>The knob of dirty logging with IOPF on.</summary>
public sealed class DirtyOptions
{
    /// <summary>The configuration section these options are bound to.</summary>
    public const string Section = "Dirty";

    /// <summary>What the dirty log of a mapping on demand is made from.</summary>
    /// <value>The default is to report every page.</value>
    public DirtySource Source { get; set; }
}
