using Iopf.Iommu;
using Iopf.Kernel;

namespace Iopf.Vfio;

/// <summary>Baseline: there is no such call.</summary>
public sealed class NoNestedRegistration : INestedFaultRegistration
{
    /// <inheritdoc/>
    public Errno Register(Device? device) => Errno.EOPNOTSUPP;

    /// <inheritdoc/>
    public Errno Unregister(Device? device) => Errno.EOPNOTSUPP;
}
