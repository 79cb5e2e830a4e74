using Iopf.Iommu;
using Iopf.Kernel;
using Iopf.Vfio;

namespace Iopf.VfioType1;

/// <summary>What type1 registers with the iommu core: every fault of its devices arrives here, in the event thread.</summary>
/// <remarks>
/// Kernel: the first steps of <c>vfio_iommu_type1_dma_map_iopf</c>. It runs under the device's param.lock and never waits: what the host
/// must serve is handed to a worker (E10). DeviceFaultReporter calls it; FaultRegistration registers it.
/// </remarks>
internal sealed class Type1FaultEntry(IFaultRouting routing, IGuestFaultDelivery guest, IHostFaultService host) : IDeviceFaultHandler
{
    public Errno Handle(Device device, IommuFault fault)
    {
        if (!routing.RouteOf(device, fault).TryGet(out FaultRoute route, out Errno error))
        {
            return error;
        }

        return route == FaultRoute.Guest ? guest.Deliver(device, fault) : host.Handle(device, fault);
    }
}
