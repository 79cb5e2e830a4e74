using Iopf.Kernel;

namespace Iopf.Iommu;

/// <summary>Watches the faults that pass through the iommu core; observes only.</summary>
public interface IFaultObserver
{
    /// <summary>A driver reports a fault; nobody was told of it yet.</summary>
    /// <param name="device">The device.</param>
    /// <param name="fault">The fault.</param>
    void Reporting(Device device, IommuFault fault)
    {
        // Most look at what came of it.
    }

    /// <summary>A driver reported a fault, and the core passed it on or refused it.</summary>
    /// <param name="device">The device.</param>
    /// <param name="fault">The fault.</param>
    /// <param name="outcome">What the report returned.</param>
    void Reported(Device device, IommuFault fault, Errno outcome);

    /// <summary>A page request was answered.</summary>
    /// <param name="device">The device.</param>
    /// <param name="request">The request as it was reported.</param>
    /// <param name="code">The answer.</param>
    void Responded(Device device, IommuFault request, PageResponseCode code);
}
