using Iopf.Kernel;

namespace Iopf.VfioType1;

/// <summary>Pages that were unmapped and whose pins go after the next IOTLB sync.</summary>
/// <remarks>Kernel: <c>struct vfio_regions</c>.</remarks>
/// <param name="Iova">The iova of the first page.</param>
/// <param name="Run">The frames.</param>
internal readonly record struct UnmappedRegion(Iova Iova, PinnedRun Run);
