using Iopf.Kernel;

namespace Iopf.VfioType1;

/// <summary>How do pages that were mapped one by one get out of every domain of a container again?</summary>
/// <remarks>
/// Kernel: <c>vfio_unmap_partial_iopf</c>. One answer, with and without patches: <c>MappedPageRemover</c>. Asked by patches 3, 6 and 7, with
/// invalidations kept out.
/// </remarks>
public interface IPartialUnmapper
{
    /// <summary>Unmaps every page of a mapping that a fault or a vendor driver's pin entered.</summary>
    /// <param name="container">The container.</param>
    /// <param name="mapping">The mapping.</param>
    /// <returns>How many pages were unmapped.</returns>
    ulong RemoveAll(Type1Container container, DmaMapping mapping);

    /// <summary>Unmaps the mapped pages of a range, held ones included.</summary>
    /// <param name="container">The container.</param>
    /// <param name="mapping">The mapping.</param>
    /// <param name="range">Whole pages of the mapping.</param>
    /// <returns>How many pages were unmapped.</returns>
    ulong Remove(Type1Container container, DmaMapping mapping, IovaRange range);
}
