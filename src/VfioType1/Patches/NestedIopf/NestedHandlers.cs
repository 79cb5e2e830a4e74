using Iopf.Iommu;
using Iopf.Kernel;

namespace Iopf.VfioType1.Patches.NestedIopf;

/// <summary>Patch 8: asks the iommu core for the stage-1 faults of a device, beside what IOPF asked for or alone.</summary>
/// <remarks>Kernel: <c>vfio_iommu_type1_register_handler</c>, <c>_unregister_handler</c>. The container lock is held throughout (E73).</remarks>
internal sealed class NestedHandlers(HostKernel kernel, IFaultRegistration registration, IFaultHandlerRegistry handlers) : INestedHandlers
{
    public Errno Register(Type1Container container, Device device)
    {
        // Posted: whether IOPF is on is read without the lock.
        if (kernel.IsPosted(Erratum.E73) && registration is IPostedNestedRegistration posted)
        {
            bool isIopfEnabled = container.IsIopfEnabled;
            kernel.Scheduler.Point("iopf_enabled");
            return posted.AddNested(device, isIopfEnabled);
        }

        using (container.Lock.Hold("vfio_iommu_type1_register_handler"))
        {
            return registration.Add(device, FaultReportCapabilities.NestedLevel1);
        }
    }

    public Errno Unregister(Type1Container container, Device device)
    {
        if (kernel.IsPosted(Erratum.E73) && registration is IPostedNestedRegistration posted)
        {
            bool isIopfEnabled = container.IsIopfEnabled;
            kernel.Scheduler.Point("iopf_enabled");
            return posted.RemoveNested(device, isIopfEnabled);
        }

        using (container.Lock.Hold("vfio_iommu_type1_unregister_handler"))
        {
            // Posted: what is pending stays so, and the handler with it (E44).
            if (registration.CapabilitiesOf(device) == FaultReportCapabilities.NestedLevel1 && !kernel.IsPosted(Erratum.E44))
            {
                handlers.CompletePending(device);
            }

            return registration.Remove(device, FaultReportCapabilities.NestedLevel1);
        }
    }
}
