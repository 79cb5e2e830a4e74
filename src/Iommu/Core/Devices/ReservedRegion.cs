using Iopf.Kernel;

namespace Iopf.Iommu;

/// <summary>A range of iovas that is not to be mapped freely.</summary>
/// <param name="Range">The range.</param>
/// <param name="Type">Why.</param>
/// <remarks>Kernel: <c>struct iommu_resv_region</c>.</remarks>
public readonly record struct ReservedRegion(IovaRange Range, ReservedRegionType Type);
