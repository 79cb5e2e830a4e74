using Iopf.Kernel;

namespace Iopf.Iommu.Patches.FaultReporting;

/// <summary>Patch 1: "flat" excludes the nested levels, at registration and after an update (E06).</summary>
internal sealed class ExclusiveCapabilities(HostKernel kernel) : IFaultHandlerCapabilities
{
    private const FaultReportCapabilities Nested = FaultReportCapabilities.NestedLevel1 | FaultReportCapabilities.NestedLevel2;

    public Errno Validate(FaultReportCapabilities capabilities) =>
        (capabilities & FaultReportCapabilities.Flat) != 0 && (capabilities & Nested) != 0 ? Errno.EINVAL : Errno.None;

    public Result<FaultReportCapabilities> Update(FaultReportCapabilities current, FaultReportCapabilities mask, FaultReportCapabilities set)
    {
        FaultReportCapabilities updated = (current & mask) | set;
        return kernel.IsPosted(Erratum.E06) // Posted: an update is not checked.
            || Validate(updated) == Errno.None ? updated : Errno.EINVAL;
    }
}
