using Iopf.Kernel;
using Iopf.Mm;

namespace Iopf.VfioType1;

/// <summary>What becomes of an <see cref="IAddressSpaceWatch"/> when the notifier that is registered is registered again?</summary>
/// <remarks>
/// Kernel: the second <c>mmu_notifier_register</c> of <c>vfio_iommu_type1_enable_iopf</c>. Only the posted code comes here (E39): an answer of
/// <see cref="IAddressSpaceWatch"/> that is none of these counts one more user.
/// </remarks>
internal interface IRepeatedWatch
{
    /// <summary>Watches an address space once more, as a second ENABLE_IOPF does.</summary>
    /// <param name="container">The container.</param>
    /// <param name="mm">The address space.</param>
    /// <returns><see cref="Errno.None"/>, or why it cannot be watched.</returns>
    Errno WatchAgain(Type1Container container, AddressSpace mm);
}
