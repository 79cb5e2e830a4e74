namespace Iopf.Mm;

/// <summary>What a process says about its memory.</summary>
/// <remarks>Kernel: the <c>MADV_</c> constants of <c>madvise</c>.</remarks>
public enum MemoryAdvice
{
    /// <summary>The pages are dropped now; private ones read as zero afterwards.</summary>
    DontNeed,

    /// <summary>The pages may be dropped when memory is short, unless they are written again. Private memory only.</summary>
    Free,

    /// <summary>The pages are removed from the shared memory object itself. Shared memory only.</summary>
    Remove,

    /// <summary>Pages that were merged with others of equal contents get frames of their own again.</summary>
    /// <remarks>Kernel: <c>MADV_UNMERGEABLE</c>.</remarks>
    Unmergeable,

    /// <summary>Where a whole aligned 2 MiB is missing, one fault maps all of it. Private memory only.</summary>
    /// <remarks>Kernel: <c>MADV_HUGEPAGE</c> with transparent huge pages set to <c>madvise</c>.</remarks>
    HugePage,
}
