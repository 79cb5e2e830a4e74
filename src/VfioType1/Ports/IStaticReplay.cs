using Iopf.Kernel;

namespace Iopf.VfioType1;

/// <summary>How do the mappings that are not on demand get into a domain that joins?</summary>
/// <remarks>Kernel: <c>vfio_iommu_replay</c>. One answer, with and without patches: <c>ReplayEveryMapping</c>. Asked by patch 5.</remarks>
public interface IStaticReplay
{
    /// <summary>Enters every mapping that is not on demand; the container lock is held, the domain is on no list.</summary>
    /// <param name="container">The container.</param>
    /// <param name="domain">The domain that joins.</param>
    /// <returns>An error, with nothing left in the domain.</returns>
    Errno Fill(Type1Container container, Type1Domain domain);
}
