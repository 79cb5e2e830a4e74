namespace Iopf.Vfio;

/// <summary>The events of the iommu notifier, as a mask.</summary>
public static class VfioNotifierEvents
{
    /// <summary>A mapping is about to be removed.</summary>
    /// <remarks>Kernel: <c>VFIO_IOMMU_NOTIFY_DMA_UNMAP</c>.</remarks>
    public const uint DmaUnmap = 1;
}
