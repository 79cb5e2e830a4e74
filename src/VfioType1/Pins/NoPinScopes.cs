using Iopf.Iommu;
using Iopf.Kernel;

namespace Iopf.VfioType1;

/// <summary>Baseline: a pin says nothing about faults.</summary>
internal sealed class NoPinScopes : IPinScopeRecorder, IPinScopeView
{
    public bool IsSelective(IommuGroup group) => false;

    public IReadOnlyList<PinnedRange> RangesOf(IommuGroup group) => [];

    public Errno Begin(Type1Container container, IommuGroup group) => Errno.None;

    public Errno Pinned(Type1Container container, IommuGroup group, DmaMapping mapping, Iova page, Pfn frame) => Errno.None;

    public bool Unpinning(Type1Container container, IommuGroup group, DmaMapping mapping, Iova page) => true;

    public void Removed(Type1Container container, DmaMapping mapping)
    {
        // Nothing was noted.
    }

    public void Left(Type1Container container, IommuGroup group)
    {
        // Nothing was noted.
    }
}
