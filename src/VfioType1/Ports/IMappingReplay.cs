using Iopf.Kernel;
using Iopf.Mm;

namespace Iopf.VfioType1;

/// <summary>What of the existing mappings is entered in a domain that joins the container?</summary>
/// <remarks>
/// Kernel: <c>vfio_iommu_replay</c>. Baseline: <c>ReplayEveryMapping</c>; patch 5 replaces it.
/// Asked from: <c>vfio_iommu_type1_attach_group</c>.
/// </remarks>
public interface IMappingReplay
{
    /// <summary>Fills the new domain and puts it on the container's list, whose lock is held.</summary>
    /// <param name="container">The container.</param>
    /// <param name="domain">The new domain.</param>
    /// <param name="caller">The process whose ioctl attaches the group; <see langword="null"/> for a kernel thread.</param>
    /// <returns>An error, with nothing left in the new domain, which is not on the list then.</returns>
    Errno Replay(Type1Container container, Type1Domain domain, Process? caller);
}
