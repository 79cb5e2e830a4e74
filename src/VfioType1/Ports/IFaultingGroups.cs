using Iopf.Iommu;
using Iopf.Kernel;

namespace Iopf.VfioType1;

/// <summary>Which IOMMU groups have their faults served, and by which container?</summary>
/// <remarks>
/// Kernel: <c>iopf_group_list</c> with <c>vfio_link_iopf_group</c>, <c>vfio_unlink_iopf_group</c> and <c>vfio_find_iopf_group</c>. One answer, with and
/// without patches: <see cref="FaultDirectory"/>. Patch 5 links and unlinks, patches 2 and 7 look up.
/// </remarks>
public interface IFaultingGroups
{
    /// <summary>Links a group.</summary>
    /// <param name="container">Its container.</param>
    /// <param name="group">The group.</param>
    /// <param name="function">The kernel function that allocates the link.</param>
    /// <returns>ENOMEM without memory.</returns>
    Errno Link(Type1Container container, Type1Group group, string function);

    /// <summary>Unlinks a group.</summary>
    /// <param name="group">The group.</param>
    /// <returns>Whether it was linked.</returns>
    bool Unlink(Type1Group group);

    /// <summary>Whether a group is linked now.</summary>
    /// <param name="group">The group.</param>
    /// <returns>Whether it is.</returns>
    bool IsLinked(IommuGroup group);

    /// <summary>Whether the group of a faulting device is linked now.</summary>
    /// <param name="device">The device.</param>
    /// <returns>Whether it is; not for a device without group.</returns>
    bool IsLinked(Device device);
}
