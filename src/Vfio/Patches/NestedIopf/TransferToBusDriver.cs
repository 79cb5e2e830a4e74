using Iopf.Iommu;
using Iopf.Kernel;

namespace Iopf.Vfio.Patches.NestedIopf;

/// <summary>Patch 8: the bus driver of the faulting device hands the fault to the guest.</summary>
/// <remarks>
/// Kernel: the branch of <c>vfio_iommu_type1_dma_map_iopf</c> that calls <c>vfio_device_ops.transfer</c>. The group may hold devices of
/// other drivers, whose driver data is no VFIO object: the device is looked up, with a reference (E75).
/// </remarks>
/// <param name="kernel">The services of the kernel.</param>
/// <param name="vfio">The VFIO core; asked for late, because the core's backends deliver through this.</param>
internal sealed class TransferToBusDriver(HostKernel kernel, Func<IVfioDevices> vfio) : IGuestFaultDelivery
{
    /// <inheritdoc/>
    public Errno Deliver(Device device, IommuFault fault)
    {
        // Posted: the driver's data is taken for a VFIO device, whatever it is.
        if (kernel.IsPosted(Erratum.E75) && device.DriverData is not VfioDevice)
        {
            throw new KernelOopsException(device.DriverData is null ? "NULL pointer dereference" : "type confusion", "vfio_transfer_iommu_fault");
        }

        if (vfio().GetDevice(device) is not { } vfioDevice)
        {
            return Errno.EOPNOTSUPP;
        }

        try
        {
            kernel.Step(TraceLayer.Vfio, "transfer", device.Name, fault.Address, $"stage-1 fault goes to the bus driver");
            return vfioDevice.Ops.Transfer(device, fault);
        }
        finally
        {
            VfioCore.PutDevice(vfioDevice);
        }
    }
}
