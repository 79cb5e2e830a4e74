using Iopf.Iommu;
using Iopf.Kernel;

namespace Iopf.VfioType1;

/// <summary>Who resolves a fault: the host or the guest?</summary>
/// <remarks>
/// Kernel: the first step of <c>vfio_iommu_type1_dma_map_iopf</c>. Baseline: <see cref="HostOnlyRouting"/>; patch 8 replaces it.
/// Asked from: <c>Type1FaultEntry</c>.
/// </remarks>
public interface IFaultRouting
{
    /// <summary>Decides for one fault.</summary>
    /// <param name="device">The faulting device.</param>
    /// <param name="fault">The fault.</param>
    /// <returns>The route; an error refuses the fault.</returns>
    Result<FaultRoute> RouteOf(Device device, IommuFault fault);
}
