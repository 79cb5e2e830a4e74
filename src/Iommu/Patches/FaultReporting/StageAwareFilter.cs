using Iopf.Kernel;

namespace Iopf.Iommu.Patches.FaultReporting;

/// <summary>Patch 1: a handler that is not flat is told only the levels it asked for.</summary>
internal sealed class StageAwareFilter : IFaultReportFilter
{
    public Errno Admit(FaultReportCapabilities registered, in IommuFault fault)
    {
        FaultReportCapabilities level = fault.Stage == FaultStage.Stage2
            ? FaultReportCapabilities.NestedLevel2
            : FaultReportCapabilities.NestedLevel1;
        return (registered & (FaultReportCapabilities.Flat | level)) != 0 ? Errno.None : Errno.EOPNOTSUPP;
    }
}
