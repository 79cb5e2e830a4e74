using Iopf.Kernel;

namespace Iopf.Iommu;

/// <summary>Baseline: a handler is told every fault of its device.</summary>
internal sealed class AdmitEveryFault : IFaultReportFilter
{
    public Errno Admit(FaultReportCapabilities registered, IommuFault fault) => Errno.None;
}
