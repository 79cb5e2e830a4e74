using Iopf.ArmSmmuV3.Hardware;
using Iopf.Kernel;

namespace Iopf.ArmSmmuV3.Driver;

/// <summary>Is a stage-2 event reported, and at which address?</summary>
/// <remarks>Kernel: the S2 test in <c>arm_smmu_handle_evt</c>.</remarks>
public interface IStage2EventPolicy
{
    /// <summary>Answers for one record whose S2 bit is set.</summary>
    /// <param name="record">The event record.</param>
    /// <returns>The address to report, as a stage-2 fault; an error when the event is not reported at all.</returns>
    Result<Iova> AddressOf(EventRecord record);
}
