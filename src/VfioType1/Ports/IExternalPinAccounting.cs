namespace Iopf.VfioType1;

/// <summary>Do pages that a vendor driver pins count against the process's locked-memory limit?</summary>
/// <remarks>
/// Kernel: <c>do_accounting</c> in <c>vfio_iommu_type1_pin_pages</c> and <c>_unpin_pages</c>. Baseline: <c>CountWithoutIommu</c>;
/// patch 6 replaces it. Asked from: those two.
/// </remarks>
public interface IExternalPinAccounting
{
    /// <summary>Decides for a mapping.</summary>
    /// <param name="container">The container.</param>
    /// <param name="mapping">The mapping that holds the page.</param>
    /// <returns>Whether each pinned page counts.</returns>
    bool Counts(Type1Container container, DmaMapping mapping);
}
