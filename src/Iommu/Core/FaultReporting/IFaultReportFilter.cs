using Iopf.Kernel;

namespace Iopf.Iommu;

/// <summary>Does a handler want to be told a fault?</summary>
/// <remarks>
/// Kernel: the level test of <c>iommu_report_device_fault</c>. Baseline: <c>AdmitEveryFault</c>; patch 1 replaces it.
/// Asked from: <c>iommu_report_device_fault</c>.
/// </remarks>
public interface IFaultReportFilter
{
    /// <summary>Decides for one fault.</summary>
    /// <param name="registered">What the handler asked for.</param>
    /// <param name="fault">The fault.</param>
    /// <returns><see cref="Errno.None"/> to tell the handler; the error to return otherwise.</returns>
    Errno Admit(FaultReportCapabilities registered, IommuFault fault);
}
