using Iopf.ArmSmmuV3.Hardware;
using Iopf.Iommu;
using Iopf.Kernel;

namespace Iopf.ArmSmmuV3.Driver;

/// <summary>Turns the answer to a page request into the command that ends the stall.</summary>
/// <remarks>Kernel: <c>arm_smmu_page_response</c>.</remarks>
internal static class StallResponse
{
    /// <summary>Resumes the stalled transaction that a response is about.</summary>
    /// <param name="master">The master whose transaction stalled.</param>
    /// <param name="response">The answer; its group ID is the stall tag.</param>
    /// <returns>None; ENODEV when the master cannot stall; EINVAL for an unknown response code. On errors no command is sent.</returns>
    internal static Errno Send(ArmSmmuMaster master, in PageResponse response)
    {
        if (!master.StallEnabled)
        {
            return Errno.ENODEV;
        }

        ResumeAction resume;
        switch (response.Code)
        {
            case PageResponseCode.Success:
                resume = ResumeAction.Retry;
                break;
            case PageResponseCode.Invalid:
            case PageResponseCode.Failure:
                resume = ResumeAction.Abort;
                break;
            default:
                return Errno.EINVAL;
        }

        HostKernel kernel = master.Smmu.Driver.Kernel;
        TracePoint point = new(TracePointKind.FaultAnswered) { Tag = response.GroupId };
        kernel.Step(
            TraceLayer.SmmuDriver, "arm_smmu_page_response", master.Device.Name, null, in point, $"{resume} of stag 0x{response.GroupId:x}");

        kernel.SpendStage(CostStage.Resume);

        // No CMD_SYNC: nobody waits for the transaction. A full queue would lose the answer, as it does in the kernel.
        master.Smmu.Commands.Insert(SmmuCommand.Resume(master.StreamIds[0], (ushort)response.GroupId, resume));
        return Errno.None;
    }
}
