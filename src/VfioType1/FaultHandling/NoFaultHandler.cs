using Iopf.Iommu;
using Iopf.Kernel;

namespace Iopf.VfioType1;

/// <summary>Baseline: type1 serves no faults.</summary>
internal sealed class NoFaultHandler : IHostFaultService
{
    public Errno Start(Device device) => Errno.None;

    public Errno Handle(Device device, IommuFault fault) => Errno.EOPNOTSUPP;

    public void Stop(Device device)
    {
        // Nothing was taken over.
    }
}
