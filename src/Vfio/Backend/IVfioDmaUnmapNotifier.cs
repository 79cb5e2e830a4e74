using Iopf.Kernel;

namespace Iopf.Vfio;

/// <summary>A vendor driver that must release its pins when a mapping goes away.</summary>
/// <remarks>Kernel: a notifier block on <c>VFIO_IOMMU_NOTIFY_DMA_UNMAP</c>.</remarks>
public interface IVfioDmaUnmapNotifier
{
    /// <summary>A mapping is about to be removed; pages pinned in it are to be unpinned before this returns.</summary>
    /// <param name="iova">The first address of the mapping.</param>
    /// <param name="size">Its size in bytes.</param>
    void DmaUnmapped(Iova iova, ulong size);
}
