using Iopf.Kernel;

namespace Iopf.Iommu;

/// <summary>Baseline: a registration has no capabilities to check, and there is no call to update it.</summary>
internal sealed class UncheckedCapabilities : IFaultHandlerCapabilities
{
    public Errno Validate(FaultReportCapabilities capabilities) => Errno.None;

    public Result<FaultReportCapabilities> Update(FaultReportCapabilities current, FaultReportCapabilities mask, FaultReportCapabilities set) =>
        Errno.EOPNOTSUPP;
}
