using Iopf.Iommu;
using Iopf.Kernel;

namespace Iopf.ArmSmmuV3.Driver;

/// <summary>The fault handler of a device that shares address spaces: hands every fault to the SMMU's queue of page requests.</summary>
/// <remarks>Kernel: <c>iommu_queue_iopf</c> as registered by <c>arm_smmu_master_sva_enable_iopf</c>.</remarks>
internal sealed class SvaFaultQueue(IopfQueue queue) : IDeviceFaultHandler
{
    public Errno Handle(Device device, IommuFault fault) => queue.Queue(device, fault);
}
