namespace Iopf.VfioType1;

/// <summary>Baseline: a pinned page counts unless the mapping already accounted it, which it did if there is an IOMMU domain.</summary>
internal sealed class CountWithoutIommu : IExternalPinAccounting
{
    public bool Counts(Type1Container container, DmaMapping mapping) => container.Domains.Count == 0;
}
