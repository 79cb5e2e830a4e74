using Iopf.Iommu;
using Iopf.Kernel;

namespace Iopf.Vfio;

/// <summary>Baseline: no fault reaches a guest.</summary>
public sealed class NoGuestDelivery : IGuestFaultDelivery
{
    /// <inheritdoc/>
    public Errno Deliver(Device device, IommuFault fault) => Errno.EOPNOTSUPP;
}
