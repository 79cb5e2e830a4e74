using Iopf.Kernel;

namespace Iopf.Iommu.Patches.FaultReporting;

/// <summary>Patch 1: a handler that is not flat is told only the levels it asked for.</summary>
internal sealed class StageAwareFilter(HostKernel kernel) : IFaultReportFilter
{
    // Posted: a local that only two types of fault set; what is left of an earlier call stands for it here.
    private bool _wasStage2;

    public Errno Admit(FaultReportCapabilities registered, IommuFault fault)
    {
        bool isKnown = fault.Type is FaultType.PageRequest or FaultType.Unrecoverable;
        if (!isKnown && !kernel.IsPosted(Erratum.E03))
        {
            return Errno.EINVAL;
        }

        _wasStage2 = isKnown ? fault.Stage == FaultStage.Stage2 : _wasStage2;
        FaultReportCapabilities level = _wasStage2 ? FaultReportCapabilities.NestedLevel2 : FaultReportCapabilities.NestedLevel1;
        return (registered & (FaultReportCapabilities.Flat | level)) != 0 ? Errno.None : Errno.EOPNOTSUPP;
    }
}
