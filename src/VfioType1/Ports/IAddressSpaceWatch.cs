using Iopf.Kernel;
using Iopf.Mm;

namespace Iopf.VfioType1;

/// <summary>Who watches an address space whose pages are mapped for devices without being pinned?</summary>
/// <remarks>
/// Kernel: <c>mmu_notifier_register</c> in <c>vfio_iommu_type1_enable_iopf</c>. Baseline: <see cref="NoAddressSpaceWatch"/>; patch 3 replaces it.
/// Asked from: <c>VFIO_IOMMU_ENABLE_IOPF</c>, and wherever a mapping on demand is made, rebased or removed (E31, E46).
/// </remarks>
public interface IAddressSpaceWatch
{
    /// <summary>Watches an address space, or counts one more user of the watch.</summary>
    /// <param name="container">The container whose mappings are kept true.</param>
    /// <param name="mm">The address space.</param>
    /// <returns><see cref="Errno.None"/>, or why it cannot be watched.</returns>
    Errno Watch(Type1Container container, AddressSpace mm);

    /// <summary>Counts one user less; the last one ends the watch and waits for callbacks that are running.</summary>
    /// <param name="container">The container.</param>
    /// <param name="mm">The address space.</param>
    void Unwatch(Type1Container container, AddressSpace mm);
}
