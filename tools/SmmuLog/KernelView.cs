using Iopf.Iommu;
using Iopf.Kernel;

namespace Iopf.SmmuLog;

/// <summary>What Linux with the chosen patches does with one record: the answers of the model's own driver and iommu core.</summary>
/// <remarks>Kernel: <c>arm_smmu_handle_evt</c>, <c>iommu_report_device_fault</c>. The stream is taken to belong to a known device.</remarks>
/// <param name="Fault">The fault the driver reports; null if it reports none.</param>
/// <param name="Error">What the driver's handler returns while nobody serves the fault.</param>
/// <param name="AnswersWithAbort">Whether the driver then ends the stalled transaction with CMD_RESUME, abort.</param>
/// <param name="AdmittedBy">Which registrations of a handler are told such a fault.</param>
/// <param name="Text">The same as sentences.</param>
public sealed record KernelView(
    IommuFault? Fault,
    Errno Error,
    bool AnswersWithAbort,
    FaultReportCapabilities AdmittedBy,
    string Text)
{
    /// <summary>Who is told the fault.</summary>
    public string ReportedTo => Fault is not { } fault ? "nobody"
        : fault.Type == FaultType.PageRequest ? "the device's I/O page fault handler"
        : "the device's handler, as an unrecoverable fault";
}
