using Iopf.Iommu;

namespace Iopf.VfioType1;

/// <summary>Which calls that pin pages succeeded?</summary>
/// <remarks>Only the posted code asks (E64): an <see cref="IPinScopeRecorder"/> that is none of these is not told.</remarks>
internal interface IPinCalls
{
    /// <summary>Notes that a call that pins pages for a group succeeded; the container lock is held.</summary>
    /// <param name="container">The container.</param>
    /// <param name="group">The IOMMU group.</param>
    void Succeeded(Type1Container container, IommuGroup group);
}
