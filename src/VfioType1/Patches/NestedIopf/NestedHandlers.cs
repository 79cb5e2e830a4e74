using Iopf.Iommu;
using Iopf.Kernel;

namespace Iopf.VfioType1.Patches.NestedIopf;

/// <summary>Patch 8: asks the iommu core for the stage-1 faults of a device, beside what IOPF asked for or alone.</summary>
/// <remarks>Kernel: <c>vfio_iommu_type1_register_handler</c>, <c>_unregister_handler</c>. The container lock is held throughout (E73).</remarks>
internal class NestedHandlers(HostKernel kernel, IFaultRegistration registration, IFaultHandlerRegistry handlers) : INestedHandlers
{
    protected HostKernel Kernel { get; } = kernel;

    public virtual Errno Register(Type1Container container, Device device)
    {
        using (container.Lock.Hold("vfio_iommu_type1_register_handler"))
        {
            return registration.Add(device, FaultReportCapabilities.NestedLevel1);
        }
    }

    public virtual Errno Unregister(Type1Container container, Device device)
    {
        using (container.Lock.Hold("vfio_iommu_type1_unregister_handler"))
        {
            // Posted: what is pending stays so, and the handler with it (E44).
            if (registration.CapabilitiesOf(device) == FaultReportCapabilities.NestedLevel1 && !Kernel.IsPosted(Erratum.E44))
            {
                handlers.CompletePending(device);
            }

            return registration.Remove(device, FaultReportCapabilities.NestedLevel1);
        }
    }
}
