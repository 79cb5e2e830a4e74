namespace Iopf.VfioType1;

/// <summary>Which pages does the dirty log report beside those it saw written?</summary>
/// <remarks>
/// Kernel: the scope tests of <c>update_user_bitmap</c> and <c>vfio_iommu_type1_pin_pages</c>. Baseline: <c>PinnedOrWholeScope</c>;
/// patch 6 replaces it. Asked from: those two.
/// </remarks>
public interface IDirtyScope
{
    /// <summary>Whether every page of a mapping is reported dirty.</summary>
    /// <param name="container">The container.</param>
    /// <param name="mapping">The mapping.</param>
    /// <returns>Whether the log says "all".</returns>
    bool ReportsAll(Type1Container container, DmaMapping mapping);

    /// <summary>Whether a vendor driver's pin narrows its group's scope to pinned pages.</summary>
    /// <param name="container">The container.</param>
    /// <returns>Whether it does.</returns>
    bool PinNarrowsScope(Type1Container container);

    /// <summary>Whether a page counts as written when a fault maps it writable.</summary>
    /// <param name="mapping">The mapping.</param>
    /// <returns>Whether it does.</returns>
    bool LogsFaults(DmaMapping mapping);

    /// <summary>Has the next write to a page of a mapping noticed; the container lock is held.</summary>
    /// <param name="container">The container.</param>
    /// <param name="mapping">The mapping, whose log starts or was read.</param>
    void Protect(Type1Container container, DmaMapping mapping);
}
