using Iopf.Iommu;
using Iopf.Kernel;

namespace Iopf.VfioType1.Patches.PageFaultHandler;

/// <summary>Patch 2: page requests are queued to a worker of their device, which serves whole groups.</summary>
/// <remarks>
/// Kernel: the posted handler runs in the event thread itself. Deviation: one worker per device, so that a slow page of one device delays
/// no other device (E10), and requests wait for the last one of their group (E13).
/// </remarks>
internal class FaultWorkers(HostKernel kernel, IFaultingGroups groups, Func<IFaultGroupHandler> createHandler) : IHostFaultService
{
    private readonly Dictionary<Device, IopfQueue> _queues = [];

    public virtual Errno Start(Device device) => Start(device, servesAtOnce: false);

    public virtual Errno Handle(Device device, IommuFault fault)
    {
        Errno refusal = RefusalOf(device, in fault);
        if (refusal != Errno.None)
        {
            return refusal;
        }

        return _queues.TryGetValue(device, out IopfQueue? queue) ? queue.Queue(device, fault) : Errno.ENODEV;
    }

    public virtual void Stop(Device device)
    {
        if (_queues.Remove(device, out IopfQueue? queue))
        {
            // From here on new faults are refused; those taken over are answered before the device is let go (E56).
            Flush(device, queue);
            queue.Remove(device);
        }
    }

    protected Errno Start(Device device, bool servesAtOnce)
    {
        IopfQueue queue = new(kernel, $"iopf/{device.Name}", createHandler(), servesAtOnce);
        Errno error = queue.Add(device);
        if (error == Errno.None)
        {
            _queues.Add(device, queue);
        }

        return error;
    }

    protected Errno RefusalOf(Device device, in IommuFault fault) =>
        fault.Type != FaultType.PageRequest ? Errno.EOPNOTSUPP : !groups.IsLinked(device) ? Errno.ENODEV : Errno.None;

    protected virtual void Flush(Device device, IopfQueue queue) => queue.Flush(device);
}
