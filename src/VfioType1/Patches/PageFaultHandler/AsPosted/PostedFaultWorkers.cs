using Iopf.Iommu;
using Iopf.Kernel;

namespace Iopf.VfioType1.Patches.PageFaultHandler;

/// <summary>
/// Patch 2 as posted: a fault is served where it is reported, in the event thread and under param.lock (E10), request by request (E13), and detaching
/// does not wait for faults in flight (E56).
/// </summary>
/// <remarks>Kernel: <c>vfio_iommu_type1_dma_map_iopf</c> as <c>iommu_report_device_fault</c> calls it.</remarks>
internal sealed class PostedFaultWorkers(HostKernel kernel, IFaultingGroups groups, Func<IFaultGroupHandler> createHandler)
    : FaultWorkers(kernel, groups, createHandler), IAsPosted
{
    private readonly Func<IFaultGroupHandler> _createHandler = createHandler;
    private readonly bool _servesAtOnce = kernel.IsPosted(Erratum.E10);
    private readonly bool _servesEachRequest = kernel.IsPosted(Erratum.E13);
    private readonly bool _flushes = !kernel.IsPosted(Erratum.E56);

    // With E10 and E13 nothing is queued.
    private readonly Dictionary<Device, (IFaultGroupHandler Handler, IommuFault[] Group)> _unqueued = [];

    public static ErrataSet Errata { get; } = ErrataSet.Of(Erratum.E10, Erratum.E13, Erratum.E56);

    public override Errno Start(Device device)
    {
        if (!_servesAtOnce || !_servesEachRequest)
        {
            return Start(device, _servesAtOnce);
        }

        _unqueued.TryAdd(device, (_createHandler(), new IommuFault[1]));
        return Errno.None;
    }

    public override Errno Handle(Device device, IommuFault fault)
    {
        if (!_unqueued.TryGetValue(device, out (IFaultGroupHandler Handler, IommuFault[] Group) unqueued))
        {
            return base.Handle(device, _servesEachRequest ? fault with { IsLastOfGroup = true } : fault);
        }

        Errno refusal = RefusalOf(device, in fault);
        if (refusal == Errno.None)
        {
            unqueued.Group[0] = fault;
            unqueued.Handler.Handle(device, unqueued.Group);
        }

        return refusal;
    }

    public override void Stop(Device device)
    {
        _unqueued.Remove(device);
        base.Stop(device);
    }

    protected override void Flush(Device device, IopfQueue queue)
    {
        if (_flushes)
        {
            base.Flush(device, queue);
        }
    }
}
