using Iopf.Iommu;
using Iopf.Kernel;

namespace Iopf.VfioType1;

/// <summary>Type1's registration as posted: for stage-1 faults, whether IOPF is on decides, and not whether the handler is there (E73).</summary>
internal sealed class PostedFaultRegistration(HostKernel kernel, DeviceFaultHandlers handlers, Type1FaultEntry entry)
    : FaultRegistration(kernel, handlers, entry), IPostedNestedRegistration, IAsPosted
{
    public static ErrataSet Errata { get; } = ErrataSet.Of(Erratum.E73);

    public Errno AddNested(Device device, bool isIopfEnabled) =>
        isIopfEnabled
            ? Handlers.Update(device, ~FaultReportCapabilities.None, FaultReportCapabilities.NestedLevel1)
            : Handlers.Register(device, Entry, FaultReportCapabilities.NestedLevel1);

    public Errno RemoveNested(Device device, bool isIopfEnabled) =>
        isIopfEnabled
            ? Handlers.Update(device, ~FaultReportCapabilities.NestedLevel1, FaultReportCapabilities.None)
            : Handlers.Unregister(device);
}
