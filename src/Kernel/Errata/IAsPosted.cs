namespace Iopf.Kernel;

/// <summary>A class that does what was posted, in place of the corrected class that it derives from.</summary>
/// <remarks>With none of its defects on it does what the corrected class does, so that any subset of them can be on.</remarks>
public interface IAsPosted
{
    /// <summary>The defects that it holds: it is put in when one of them is on.</summary>
    static abstract ErrataSet Errata { get; }
}
