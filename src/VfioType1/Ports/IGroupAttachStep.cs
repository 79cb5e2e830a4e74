using Iopf.Kernel;

namespace Iopf.VfioType1;

/// <summary>What else happens when an IOMMU group joins or leaves a container?</summary>
/// <remarks>
/// Kernel: steps of <c>vfio_iommu_type1_attach_group</c>, <c>_detach_group</c>. Baseline: an empty list; patch 5 adds one.
/// Both are called without the container lock, so that faults in flight can be waited for (E43).
/// </remarks>
public interface IGroupAttachStep
{
    /// <summary>Called when a group with an IOMMU has its final domain (E76).</summary>
    /// <param name="container">The container.</param>
    /// <param name="group">The group.</param>
    /// <returns>An error undoes the attachment.</returns>
    Errno Attached(Type1Container container, Type1Group group);

    /// <summary>Called before anything of an attached group with an IOMMU is taken down (E41, E42).</summary>
    /// <param name="container">The container.</param>
    /// <param name="group">The group.</param>
    void Detaching(Type1Container container, Type1Group group);

    /// <summary>Called when a container is released and has no group and no mapping any more.</summary>
    /// <param name="container">The container.</param>
    void Released(Type1Container container);
}
