using Iopf.Iommu;
using Iopf.Kernel;

namespace Iopf.VfioType1;

/// <summary>What else does an <see cref="IPinScopeRecorder"/> have to be told of calls that pin and unpin pages?</summary>
/// <remarks>Only the posted code asks (E64, E68, E69): a recorder that is none of these is told nothing else. The container lock is held.</remarks>
internal interface IPinCalls
{
    /// <summary>Notes that a call that pins pages for a group succeeded (E64).</summary>
    /// <param name="container">The container.</param>
    /// <param name="group">The IOMMU group.</param>
    void Succeeded(Type1Container container, IommuGroup group);

    /// <summary>Makes ready to give back one pin of a page (E68, E69).</summary>
    /// <param name="container">The container.</param>
    /// <param name="group">The IOMMU group.</param>
    /// <param name="page">The page's iova.</param>
    /// <returns>An error leaves the page pinned.</returns>
    Errno BeginUnpin(Type1Container container, IommuGroup group, Iova page);
}
