using Iopf.Iommu;
using Iopf.Kernel;

namespace Iopf.VfioType1;

/// <summary>Baseline: every fault is the host's.</summary>
internal sealed class HostOnlyRouting : IFaultRouting
{
    public Result<FaultRoute> RouteOf(Device device, IommuFault fault) => FaultRoute.Host;
}
