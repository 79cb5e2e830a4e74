using Iopf.ArmSmmuV3.Driver;
using Iopf.ArmSmmuV3.Hardware;
using Iopf.Kernel;

namespace Iopf.ArmSmmuV3.Patches.FaultReporting;

/// <summary>A stage-2 event is a stage-2 fault at the intermediate physical address of the record.</summary>
/// <remarks>
/// Kernel: <c>arm_smmu_handle_evt</c> with <c>EVTQ_3_IPA</c>. The field holds bits 51:12 in place, so it is masked and not shifted.
/// For a nested translation the input address is the guest's own; only the IPA means something to the stage-2 owner.
/// </remarks>
internal sealed class ReportStage2Events(HostKernel kernel) : IStage2EventPolicy
{
    public Result<Iova> AddressOf(EventRecord record) =>
        new Iova(kernel.IsPosted(Erratum.E04)
            ? record.Ipa >> 12 // Posted: the field is extracted, and used as an address.
            : record.Ipa);
}
