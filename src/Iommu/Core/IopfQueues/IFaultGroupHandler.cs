namespace Iopf.Iommu;

/// <summary>Who serves complete groups of page requests.</summary>
public interface IFaultGroupHandler
{
    /// <summary>Serves a group and answers it once; runs in the queue's worker with no lock held.</summary>
    /// <param name="device">The device.</param>
    /// <param name="group">The requests in order, the last one completes the group; the caller uses their memory again afterwards.</param>
    void Handle(Device device, ReadOnlyMemory<IommuFault> group);
}
