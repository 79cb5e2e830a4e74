using Iopf.Iommu;
using Iopf.Kernel;

namespace Iopf.VfioType1.Patches.PageFaultHandler;

/// <summary>Patch 2: page requests are queued to a worker of their device, which serves whole groups.</summary>
/// <remarks>
/// Kernel: the posted handler runs in the event thread itself. Deviation: one worker per device, so that a slow page of one device holds up
/// nobody else (E10), and requests wait for the last one of their group (E13).
/// </remarks>
internal sealed class FaultWorkers(HostKernel kernel, IFaultingGroups groups, Func<IFaultGroupHandler> createHandler) : IHostFaultService
{
    private readonly Dictionary<Device, IopfQueue> _queues = [];
    private readonly Dictionary<Device, (IFaultGroupHandler Handler, IommuFault[] Group)> _unqueued = [];

    public Errno Start(Device device)
    {
        if (kernel.IsPosted(Erratum.E10) && kernel.IsPosted(Erratum.E13))
        {
            _unqueued.TryAdd(device, (createHandler(), new IommuFault[1]));
            return Errno.None;
        }

        IopfQueue queue = new(kernel, $"iopf/{device.Name}", createHandler(), servesAtOnce: kernel.IsPosted(Erratum.E10));
        Errno error = queue.Add(device);
        if (error == Errno.None)
        {
            _queues.Add(device, queue);
        }

        return error;
    }

    public Errno Handle(Device device, IommuFault fault)
    {
        if (fault.Type != FaultType.PageRequest)
        {
            return Errno.EOPNOTSUPP;
        }

        if (!groups.IsLinked(device))
        {
            return Errno.ENODEV;
        }

        // Posted: served where it is reported, in the event thread and under param.lock (E10), request by request (E13).
        if (_unqueued.Count > 0 && _unqueued.TryGetValue(device, out (IFaultGroupHandler Handler, IommuFault[] Group) unqueued))
        {
            unqueued.Group[0] = fault;
            unqueued.Handler.Handle(device, unqueued.Group);
            return Errno.None;
        }

        if (!_queues.TryGetValue(device, out IopfQueue? queue))
        {
            return Errno.ENODEV;
        }

        // Posted (E13): a request does not wait for the last one of its group.
        return queue.Queue(device, kernel.IsPosted(Erratum.E13) ? fault with { IsLastOfGroup = true } : fault);
    }

    public void Stop(Device device)
    {
        _unqueued.Remove(device);
        if (_queues.Remove(device, out IopfQueue? queue))
        {
            // From here on new faults are refused; those taken over are answered before the device is let go.
            // Posted: nobody waits for faults in flight (E56).
            if (!kernel.IsPosted(Erratum.E56))
            {
                queue.Flush(device);
            }

            queue.Remove(device);
        }
    }
}
