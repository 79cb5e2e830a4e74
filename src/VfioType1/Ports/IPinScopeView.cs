using Iopf.Iommu;

namespace Iopf.VfioType1;

/// <summary>What vendor drivers pinned for their groups; a view for reports.</summary>
public interface IPinScopeView
{
    /// <summary>Whether a group is in selective mode.</summary>
    /// <param name="group">The group.</param>
    /// <returns>Whether it is.</returns>
    bool IsSelective(IommuGroup group);

    /// <summary>What a group pinned, in ascending order.</summary>
    /// <param name="group">The group.</param>
    /// <returns>The ranges; none if it pinned nothing.</returns>
    IReadOnlyList<PinnedRange> RangesOf(IommuGroup group);
}
