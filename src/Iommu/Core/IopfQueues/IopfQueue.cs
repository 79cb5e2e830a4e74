using Iopf.Kernel;

namespace Iopf.Iommu;

/// <summary>Holds page requests back until their group is complete, and hands complete groups to one worker.</summary>
/// <remarks>Kernel: <c>struct iopf_queue</c>.</remarks>
public sealed class IopfQueue
{
    private readonly KernelMutex _lock;
    private readonly WorkQueue _work;
    private readonly bool _servesAtOnce;
    private readonly List<Device> _devices = [];
    private readonly List<(Device Device, IommuFault Fault)> _partial = [];
    private readonly Stack<FaultGroup> _free = new();

    /// <summary>Creates a queue with its worker.</summary>
    /// <remarks>Kernel: <c>iopf_queue_alloc</c>.</remarks>
    /// <param name="kernel">Who runs the worker.</param>
    /// <param name="name">The worker's name.</param>
    /// <param name="handler">Who serves the groups.</param>
    /// <param name="servesAtOnce">Whether a complete group is served by who completes it, instead of by the worker.</param>
    public IopfQueue(HostKernel kernel, string name, IFaultGroupHandler handler, bool servesAtOnce = false)
    {
        ArgumentNullException.ThrowIfNull(kernel);
        Handler = handler;
        _servesAtOnce = servesAtOnce;
        _lock = new KernelMutex(kernel.Scheduler, $"iopf_queue.lock ({name})", "iopf_queue.lock");
        _work = new WorkQueue(kernel.Scheduler, name);
    }

    /// <summary>How many requests wait for the last one of their group.</summary>
    public int PartialCount => _partial.Count;

    internal IFaultGroupHandler Handler { get; }

    /// <summary>Lets a device use the queue.</summary>
    /// <remarks>Kernel: <c>iopf_queue_add_device</c>.</remarks>
    /// <param name="device">The device.</param>
    /// <returns>ENODEV for a device without IOMMU; EBUSY when it is in a queue already.</returns>
    public Errno Add(Device device)
    {
        ArgumentNullException.ThrowIfNull(device);
        if (device.Iommu is not { } param)
        {
            return Errno.ENODEV;
        }

        using (_lock.Hold())
        using (param.Lock.Hold())
        {
            if (param.Queue is not null)
            {
                return Errno.EBUSY;
            }

            param.Queue = this;
            _devices.Add(device);
            return Errno.None;
        }
    }

    /// <summary>Takes a device out of the queue and drops its incomplete groups.</summary>
    /// <remarks>Kernel: <c>iopf_queue_remove_device</c>.</remarks>
    /// <param name="device">The device.</param>
    /// <returns>EINVAL when it is not in this queue.</returns>
    public Errno Remove(Device device)
    {
        ArgumentNullException.ThrowIfNull(device);
        if (device.Iommu is not { } param)
        {
            return Errno.EINVAL;
        }

        using (_lock.Hold())
        using (param.Lock.Hold())
        {
            if (!ReferenceEquals(param.Queue, this))
            {
                return Errno.EINVAL;
            }

            param.Queue = null;
            _devices.Remove(device);
            _partial.RemoveAll(partial => ReferenceEquals(partial.Device, device));
            return Errno.None;
        }
    }

    /// <summary>Takes one page request; the last one of a group sends the group to the worker.</summary>
    /// <remarks>Kernel: <c>iommu_queue_iopf</c>. Called by the fault report with the device's param.lock held.</remarks>
    /// <param name="device">The device.</param>
    /// <param name="fault">The fault.</param>
    /// <returns>EOPNOTSUPP for anything but a page request; ENODEV for a device that is not in the queue.</returns>
    public Errno Queue(Device device, in IommuFault fault)
    {
        ArgumentNullException.ThrowIfNull(device);
        Invariant.Hold(device.Iommu is { Lock.IsHeld: true }, "a fault is queued under its device's param.lock");
        if (fault.Type != FaultType.PageRequest)
        {
            return Errno.EOPNOTSUPP;
        }

        if (!ReferenceEquals(device.Iommu.Queue, this))
        {
            return Errno.ENODEV;
        }

        if (!fault.IsLastOfGroup)
        {
            // The kernel puts it at the front, and turns that round when the group is made up: requests are served in the order they came.
            _partial.Add((device, fault));
            return Errno.None;
        }

        FaultGroup group = _free.TryPop(out FaultGroup? free) ? free : new FaultGroup(this);
        group.Begin(device);
        MovePartials(device, fault.GroupId, group);
        group.Add(in fault);
        if (_servesAtOnce)
        {
            group.Run();
        }
        else
        {
            // The worker calls FaultGroup.Run, which calls this queue's handler: PageFaultHandler of type1, or that of SVA.
            _work.Enqueue(group);
        }

        return Errno.None;
    }

    /// <summary>Waits until the worker is idle: until every group queued so far is served, and those that are queued meanwhile.</summary>
    /// <remarks>Kernel: <c>iopf_queue_flush_dev</c>, which does not wait for later groups.</remarks>
    /// <param name="device">A device of the queue.</param>
    /// <returns>ENODEV for a device that is not in the queue.</returns>
    public Errno Flush(Device device)
    {
        ArgumentNullException.ThrowIfNull(device);
        if (device.Iommu is not { } param || !ReferenceEquals(param.Queue, this))
        {
            return Errno.ENODEV;
        }

        using (param.Lock.Hold())
        {
            _work.Flush();
        }

        return Errno.None;
    }

    /// <summary>Drops every incomplete group: some of their requests were lost.</summary>
    /// <remarks>Kernel: <c>iopf_queue_discard_partial</c>.</remarks>
    /// <param name="queue">The queue.</param>
    /// <returns>EINVAL without a queue.</returns>
    public static Errno DiscardPartial(IopfQueue? queue)
    {
        if (queue is null)
        {
            return Errno.EINVAL;
        }

        using (queue._lock.Hold())
        {
            queue._partial.Clear();
        }

        return Errno.None;
    }

    internal void Recycle(FaultGroup group) => _free.Push(group);

    private void MovePartials(Device device, uint groupId, FaultGroup group)
    {
        for (int i = 0; i < _partial.Count;)
        {
            if (ReferenceEquals(_partial[i].Device, device) && _partial[i].Fault.GroupId == groupId)
            {
                group.Add(_partial[i].Fault);
                _partial.RemoveAt(i);
            }
            else
            {
                i++;
            }
        }
    }
}
