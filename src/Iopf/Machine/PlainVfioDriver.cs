using Iopf.Iommu;
using Iopf.Kernel;
using Iopf.Vfio;

namespace Iopf.Machine;

/// <summary>A VFIO bus driver that cannot hand faults to a guest: those of mediated devices, and old ones.</summary>
internal sealed class PlainVfioDriver : IVfioDeviceOps
{
    /// <inheritdoc/>
    public Errno Open() => Errno.None;

    /// <inheritdoc/>
    public void Release()
    {
    }

    /// <inheritdoc/>
    public Errno Transfer(Device device, IommuFault fault) => Errno.EOPNOTSUPP;
}
