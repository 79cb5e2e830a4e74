using Iopf.Iommu;
using Iopf.Kernel;

namespace Iopf.Vfio;

/// <summary>How does a bus driver ask for the stage-1 faults of a device?</summary>
public interface INestedFaultRegistration
{
    /// <summary>Asks for them.</summary>
    /// <param name="device">The device.</param>
    /// <returns>0, or why they will not come.</returns>
    Errno Register(Device? device);

    /// <summary>Wants them no longer.</summary>
    /// <param name="device">The device.</param>
    /// <returns>0, or why nothing changed.</returns>
    Errno Unregister(Device? device);
}
