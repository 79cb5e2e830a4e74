using Iopf.Kernel;

namespace Iopf.Vfio;

/// <summary>A backend such as type1; one instance serves all containers.</summary>
/// <remarks>Kernel: <c>struct vfio_iommu_driver_ops</c>.</remarks>
public interface IVfioIommuBackend
{
    /// <summary>Whether an extension is offered.</summary>
    /// <param name="iommu">The container's state, or <see langword="null"/> if the container has no backend yet.</param>
    /// <param name="extension">One of <see cref="VfioExtension"/>, or any other number.</param>
    /// <returns>1 or 0.</returns>
    int CheckExtension(IVfioIommu? iommu, uint extension);

    /// <summary>Creates the state of one container.</summary>
    /// <remarks>Kernel: <c>vfio_iommu_type1_open</c>.</remarks>
    /// <param name="type">The type the user asked for.</param>
    /// <returns>The state; EINVAL for a type that is not the backend's; ENOMEM.</returns>
    Result<IVfioIommu> Open(uint type);
}
