using Iopf.Kernel;

namespace Iopf.Iommu;

/// <summary>Reports as posted: a fault that the filter keeps back leaves with param.lock held (E02).</summary>
/// <remarks>Kernel: <c>iommu_report_device_fault</c> of the posting.</remarks>
internal sealed class PostedFaultReporter(HostKernel kernel, IFaultReportFilter filter, IEnumerable<IFaultObserver> observers)
    : DeviceFaultReporter(kernel, filter, observers), IAsPosted
{
    private readonly bool _keepsLock = kernel.IsPosted(Erratum.E02);

    public static ErrataSet Errata { get; } = ErrataSet.Of(Erratum.E02);

    protected override void Refused(LockScope reporting)
    {
        if (!_keepsLock)
        {
            base.Refused(reporting);
        }
    }
}
