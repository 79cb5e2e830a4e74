using Iopf.Iommu;
using Iopf.Kernel;

namespace Iopf.VfioType1.Patches.NestedIopf;

/// <summary>Patch 8 as posted: whether IOPF is on is read without the lock (E73).</summary>
/// <remarks>Kernel: <c>vfio_iommu_type1_register_handler</c>, <c>_unregister_handler</c> of the posting.</remarks>
internal sealed class PostedNestedHandlers(HostKernel kernel, IFaultRegistration registration, IFaultHandlerRegistry handlers)
    : NestedHandlers(kernel, registration, handlers), IAsPosted
{
    private readonly IPostedNestedRegistration? _posted = registration as IPostedNestedRegistration;

    public static ErrataSet Errata { get; } = ErrataSet.Of(Erratum.E73);

    public override Errno Register(Type1Container container, Device device) =>
        ReadsUnlocked(container, out bool isIopfEnabled) ? _posted!.AddNested(device, isIopfEnabled) : base.Register(container, device);

    public override Errno Unregister(Type1Container container, Device device) =>
        ReadsUnlocked(container, out bool isIopfEnabled) ? _posted!.RemoveNested(device, isIopfEnabled) : base.Unregister(container, device);

    private bool ReadsUnlocked(Type1Container container, out bool isIopfEnabled)
    {
        isIopfEnabled = container.IsIopfEnabled;
        if (!Kernel.IsPosted(Erratum.E73) || _posted is null)
        {
            return false;
        }

        Kernel.Scheduler.Point("iopf_enabled");
        return true;
    }
}
