using Iopf.Kernel;

namespace Iopf.Iommu.Patches.FaultReporting;

/// <summary>Patch 1: a handler that is not flat is told only the levels it asked for.</summary>
internal class StageAwareFilter : IFaultReportFilter
{
    public virtual Errno Admit(FaultReportCapabilities registered, IommuFault fault) =>
        fault.Type is FaultType.PageRequest or FaultType.Unrecoverable ? Admit(registered, fault.Stage == FaultStage.Stage2) : Errno.EINVAL;

    protected static Errno Admit(FaultReportCapabilities registered, bool isStage2)
    {
        FaultReportCapabilities level = isStage2 ? FaultReportCapabilities.NestedLevel2 : FaultReportCapabilities.NestedLevel1;
        return (registered & (FaultReportCapabilities.Flat | level)) != 0 ? Errno.None : Errno.EOPNOTSUPP;
    }
}
