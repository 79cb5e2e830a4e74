using Iopf.Iommu;
using Iopf.Kernel;

namespace Iopf.Vfio;

/// <summary>Who hands a stage-1 fault to the guest that owns the stage-1 table?</summary>
public interface IGuestFaultDelivery
{
    /// <summary>Hands a fault to the guest, who answers it with a page response later. Must not allocate.</summary>
    /// <param name="device">The faulting device.</param>
    /// <param name="fault">The fault.</param>
    /// <returns>0 if the guest has it; any error: nobody has it, and the reporter must complete it.</returns>
    Errno Deliver(Device device, IommuFault fault);
}
