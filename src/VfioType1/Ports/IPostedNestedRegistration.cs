using Iopf.Iommu;
using Iopf.Kernel;

namespace Iopf.VfioType1;

/// <summary>The posted choices of an <see cref="IFaultRegistration"/> for stage-1 faults: by whether IOPF is on.</summary>
/// <remarks>Kernel: <c>vfio_iommu_type1_register_handler</c>, <c>_unregister_handler</c> as posted (E73).</remarks>
internal interface IPostedNestedRegistration
{
    /// <summary>Asks for stage-1 faults, by whether IOPF is on and not by whether the handler is there.</summary>
    /// <param name="device">The device.</param>
    /// <param name="isIopfEnabled">Whether IOPF was on when that was read.</param>
    /// <returns><see cref="Errno.None"/>, or why not.</returns>
    Errno AddNested(Device device, bool isIopfEnabled);

    /// <summary>Asks for stage-1 faults no longer.</summary>
    /// <param name="device">The device.</param>
    /// <param name="isIopfEnabled">Whether IOPF was on when that was read.</param>
    /// <returns><see cref="Errno.None"/>, or why not.</returns>
    Errno RemoveNested(Device device, bool isIopfEnabled);
}
