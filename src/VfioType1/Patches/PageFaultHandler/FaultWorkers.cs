using Iopf.Iommu;
using Iopf.Kernel;

namespace Iopf.VfioType1.Patches.PageFaultHandler;

/// <summary>Patch 2: page requests are queued to a worker of their device, which serves whole groups.</summary>
/// <remarks>
/// Kernel: the posted handler runs in the event thread itself. Deviation: one worker per device, so that a slow page of one device holds up
/// nobody else (E10), and requests wait for the last one of their group (E13).
/// </remarks>
internal sealed class FaultWorkers(HostKernel kernel, FaultDirectory directory, Func<VfioType1.PageFaultHandler> createHandler) : IHostFaultService
{
    private readonly Dictionary<Device, IopfQueue> _queues = [];

    public Errno Start(Device device)
    {
        IopfQueue queue = new(kernel, $"iopf/{device.Name}", createHandler());
        Errno error = queue.Add(device);
        if (error == Errno.None)
        {
            _queues.Add(device, queue);
        }

        return error;
    }

    public Errno Handle(Device device, in IommuFault fault)
    {
        if (fault.Type != FaultType.PageRequest)
        {
            return Errno.EOPNOTSUPP;
        }

        if (!directory.TryFind(device, out _) || !_queues.TryGetValue(device, out IopfQueue? queue))
        {
            return Errno.ENODEV;
        }

        return queue.Queue(device, in fault);
    }

    public void Stop(Device device)
    {
        if (_queues.Remove(device, out IopfQueue? queue))
        {
            // From here on new faults are refused; those taken over are answered before the device is let go.
            queue.Flush(device);
            queue.Remove(device);
        }
    }
}
