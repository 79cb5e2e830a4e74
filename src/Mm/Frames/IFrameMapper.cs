using Iopf.Kernel;

namespace Iopf.Mm;

/// <summary>Memory that maps private frames, as the reverse mapping of a frame sees it.</summary>
/// <remarks>Kernel: what <c>rmap_walk_anon</c> calls for each mapping of a page.</remarks>
internal interface IFrameMapper
{
    /// <summary>Whether a page is mapped to a frame.</summary>
    bool IsMapped(UserAddress page, Pfn frame);

    /// <summary>Whether the CPU used a frame through a page since this was last asked; asking clears it.</summary>
    bool WasUsed(UserAddress page, Pfn frame);

    /// <summary>Takes a page out of memory.</summary>
    /// <returns>EBUSY if it is in use by now.</returns>
    Errno SwapOut(UserAddress page);
}
