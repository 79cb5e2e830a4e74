using Iopf.Kernel;

namespace Iopf.Iommu.Patches.FaultReporting;

/// <summary>Patch 1 as posted: a fault of another type has the stage that an earlier one left behind (E03).</summary>
/// <remarks>Kernel: the level in <c>iommu_report_device_fault</c> of the posting, a local that only two types of fault set.</remarks>
internal sealed class PostedStageFilter(HostKernel kernel) : StageAwareFilter, IAsPosted
{
    // What is left of an earlier call stands for the local.
    private bool _wasStage2;

    public static ErrataSet Errata { get; } = ErrataSet.Of(Erratum.E03);

    public override Errno Admit(FaultReportCapabilities registered, IommuFault fault)
    {
        bool isKnown = fault.Type is FaultType.PageRequest or FaultType.Unrecoverable;
        _wasStage2 = isKnown ? fault.Stage == FaultStage.Stage2 : _wasStage2;
        return isKnown || !kernel.IsPosted(Erratum.E03) ? base.Admit(registered, fault) : Admit(registered, _wasStage2);
    }
}
