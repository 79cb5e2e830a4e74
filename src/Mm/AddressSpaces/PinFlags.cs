using System.Diagnostics.CodeAnalysis;

namespace Iopf.Mm;

/// <summary>How pages are pinned.</summary>
/// <remarks>Kernel: the <c>FOLL_</c> flags.</remarks>
[Flags]
[SuppressMessage("Naming", "CA1711", Justification = "The kernel calls them gup_flags.")]
public enum PinFlags
{
    /// <summary>For reading, for a short time.</summary>
    None = 0,

    /// <summary>For writing: breaks copy-on-write before the pin.</summary>
    /// <remarks>Kernel: <c>FOLL_WRITE</c>.</remarks>
    Write = 1,

    /// <summary>For an unbounded time.</summary>
    /// <remarks>Kernel: <c>FOLL_LONGTERM</c>. The model has neither CMA nor fs-dax memory, so it makes no difference here.</remarks>
    LongTerm = 2,
}
