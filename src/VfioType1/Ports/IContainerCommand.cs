using Iopf.Kernel;
using Iopf.Mm;

namespace Iopf.VfioType1;

/// <summary>An ioctl of the container beyond those the baseline knows.</summary>
/// <remarks>
/// Kernel: a case of <c>vfio_iommu_type1_ioctl</c>. Baseline: an empty list, so that an unknown number is ENOTTY; patch 5 adds one.
/// Asked from: <c>vfio_iommu_type1_ioctl</c>.
/// </remarks>
public interface IContainerCommand
{
    /// <summary>The ioctl number.</summary>
    uint Number { get; }

    /// <summary>Executes the ioctl; no lock is held.</summary>
    /// <param name="container">The container.</param>
    /// <param name="caller">The calling process.</param>
    /// <returns>The ioctl's result.</returns>
    Errno Execute(Type1Container container, Process caller);
}
