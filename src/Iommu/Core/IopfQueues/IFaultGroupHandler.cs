namespace Iopf.Iommu;

/// <summary>Who serves complete groups of page requests.</summary>
public interface IFaultGroupHandler
{
    /// <summary>Serves a group and answers it once; runs in the queue's worker with no lock held.</summary>
    /// <param name="device">The device.</param>
    /// <param name="requests">The requests in order; the last one completes the group.</param>
    void Handle(Device device, ReadOnlySpan<IommuFault> requests);
}
