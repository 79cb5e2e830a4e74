namespace Iopf.VfioType1;

/// <summary>Baseline: as long as one IOMMU group may write anywhere, every page of what is mapped for it is reported.</summary>
internal sealed class PinnedOrWholeScope : IDirtyScope
{
    public bool ReportsAll(Type1Container container, DmaMapping mapping) => container.NonPinnedGroups > 0 && mapping.IsIommuMapped;

    public bool PinNarrowsScope(Type1Container container) => true;

    public bool LogsFaults(DmaMapping mapping) => false;

    public void Protect(Type1Container container, DmaMapping mapping)
    {
        // What is pinned may be written at any time, unnoticed.
    }
}
