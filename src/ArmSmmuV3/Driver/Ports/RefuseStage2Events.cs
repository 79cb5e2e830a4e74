using Iopf.ArmSmmuV3.Hardware;
using Iopf.Kernel;

namespace Iopf.ArmSmmuV3.Driver;

/// <summary>The baseline: stage-2 pages are always pinned, so a stage-2 event is nothing anybody could serve.</summary>
/// <remarks>Kernel: the early return of <c>arm_smmu_handle_evt</c>. No abort was sent yet: a stalled transaction stays stalled.</remarks>
internal sealed class RefuseStage2Events : IStage2EventPolicy
{
    public Result<Iova> AddressOf(EventRecord record) => Errno.EFAULT;
}
