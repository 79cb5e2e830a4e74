using Iopf.ArmSmmuV3.Driver;
using Iopf.Kernel;

namespace Iopf.ArmSmmuV3.Patches.FaultReporting;

/// <summary>Stage-2 faults stall for exactly the masters whose stage-1 faults would.</summary>
/// <remarks>
/// Kernel: STE.S2S follows the master's <c>stall_enabled</c>.
/// The posted patch has no such line, without which the stage-2 faults it reports can never be recoverable ones.
/// </remarks>
internal sealed class Stage2StallsWithItsMaster(HostKernel kernel) : IStage2Stall
{
    public bool StallsFor(ArmSmmuMaster master) =>
        master.StallEnabled && !kernel.IsPosted(Erratum.E05); // Posted: nothing sets S2S.
}
