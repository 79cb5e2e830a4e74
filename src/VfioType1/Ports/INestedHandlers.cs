using Iopf.Iommu;
using Iopf.Kernel;

namespace Iopf.VfioType1;

/// <summary>How does a bus driver's wish for stage-1 faults reach the iommu core?</summary>
/// <remarks>
/// Kernel: <c>vfio_iommu_type1_register_handler</c>, <c>_unregister_handler</c>. Baseline: <c>NoNestedHandlers</c>; patch 8 replaces it.
/// Asked from: <c>vfio_iommu_dev_fault_handler_register_nested</c> and its counterpart.
/// </remarks>
public interface INestedHandlers
{
    /// <summary>Asks for the stage-1 faults of a device.</summary>
    /// <param name="container">The device's container.</param>
    /// <param name="device">The device.</param>
    /// <returns><see cref="Errno.None"/>, or why not.</returns>
    Errno Register(Type1Container container, Device device);

    /// <summary>Ends that.</summary>
    /// <param name="container">The device's container.</param>
    /// <param name="device">The device.</param>
    /// <returns><see cref="Errno.None"/>, or why not.</returns>
    Errno Unregister(Type1Container container, Device device);
}
