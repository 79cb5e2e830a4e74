using Iopf.Iommu;
using Iopf.Kernel;

namespace Iopf.VfioType1.Patches.EnableIopf;

/// <summary>Patch 5: switches the faults of a group's devices on and off.</summary>
/// <remarks>
/// Kernel: <c>dev_enable_iopf</c>, <c>dev_disable_iopf</c>. On: the look-up first, then the service, the handler, and the feature last (E40).
/// Off: in reverse order, and each fault in flight is answered before anything that it needs goes away (E41, E44, E56).
/// </remarks>
internal class FaultingDevices(
    HostKernel kernel,
    IFaultingGroups linked,
    IHostFaultService host,
    IFaultRegistration registration,
    IFaultHandlerRegistry handlers,
    IDeviceFeatures features)
{
    private readonly Dictionary<IommuGroup, Action<Device>> _subscriptions = [];
    private readonly HashSet<Device> _started = [];

    protected HostKernel Kernel { get; } = kernel;

    protected IFaultingGroups Linked { get; } = linked;

    protected IHostFaultService Host { get; } = host;

    protected IFaultRegistration Registration { get; } = registration;

    protected IFaultHandlerRegistry Handlers { get; } = handlers;

    protected IDeviceFeatures Features { get; } = features;

    /// <summary>Switches the faults of every group of a container on, or leaves everything as it was.</summary>
    /// <param name="container">The container.</param>
    /// <param name="groups">Its groups.</param>
    /// <param name="function">The kernel function that does.</param>
    /// <returns>The error of the first device that refuses; ENOMEM.</returns>
    public virtual Errno StartAll(Type1Container container, IReadOnlyList<Type1Group> groups, string function)
    {
        for (int i = 0; i < groups.Count; i++)
        {
            Errno error = Start(container, groups[i], function);
            if (error == Errno.None)
            {
                continue;
            }

            while (i-- > 0)
            {
                Stop(groups[i], function);
            }

            return error;
        }

        return Errno.None;
    }

    /// <summary>Switches the faults of a group on, or leaves everything as it was.</summary>
    /// <param name="container">The group's container.</param>
    /// <param name="group">The group.</param>
    /// <param name="function">The kernel function that does.</param>
    /// <returns>The error of the device that refuses; ENOMEM.</returns>
    public Errno Start(Type1Container container, Type1Group group, string function)
    {
        List<Device> started = [];
        Errno error = Start(container, group, function, started);
        if (error != Errno.None)
        {
            foreach (Device device in started)
            {
                Stop(device, FaultingGroup(group));
            }

            Linked.Unlink(group);
        }

        return error;
    }

    /// <summary>Switches the faults of a group off.</summary>
    /// <param name="group">The group.</param>
    /// <param name="function">The kernel function that does.</param>
    public virtual void Stop(Type1Group group, string function)
    {
        StopDevices(group);
        Unlink(group, function);
    }

    /// <summary>Switches the faults of a group on; after an error the devices that were switched on stay so.</summary>
    /// <param name="container">The group's container.</param>
    /// <param name="group">The group.</param>
    /// <param name="function">The kernel function that does.</param>
    /// <param name="started">Receives the devices that were switched on.</param>
    protected virtual Errno Start(Type1Container container, Type1Group group, string function, List<Device> started)
    {
        Errno error = Linked.Link(container, group, function);
        return error == Errno.None ? StartDevices(group, started) : error;
    }

    protected Errno StartDevices(Type1Group group, List<Device> started)
    {
        foreach (Device device in DevicesOf(FaultingGroup(group)))
        {
            Errno error = Start(device, FaultingGroup(group));
            if (error != Errno.None)
            {
                return error;
            }

            started.Add(device);
        }

        Subscribe(FaultingGroup(group));
        return Errno.None;
    }

    protected void StopDevices(Type1Group group)
    {
        if (_subscriptions.Remove(FaultingGroup(group), out Action<Device>? deviceAdded))
        {
            FaultingGroup(group).DeviceAdded -= deviceAdded;
        }

        foreach (Device device in DevicesOf(FaultingGroup(group)))
        {
            Stop(device, FaultingGroup(group));
        }
    }

    protected virtual void Unlink(Type1Group group, string function) =>
        Invariant.Hold(Linked.Unlink(group), "only a linked group is unlinked");

    /// <summary>A mediated device's faults are those of the device behind it (E57).</summary>
    protected virtual IommuGroup FaultingGroup(Type1Group group) => group.Translated;

    protected List<Device> DevicesOf(IommuGroup group)
    {
        Kernel.Scheduler.Touch(group.Mutex.Name, writes: false);
        return [.. group.Devices.Where(CanFault)];
    }

    /// <summary>A bridge that shares the group has no driver that faults could be served for (E53).</summary>
    protected virtual bool CanFault(Device device) => device.IsBoundToVfio;

    /// <summary>Whether a device can live with any fault, which is more than being able to stall (E78).</summary>
    protected virtual bool ToleratesFaults(Device device) => device.ToleratesFaults;

    /// <summary>A device that joins later has no static mapping to live on: its faults are served as well (E54).</summary>
    protected virtual void Subscribe(IommuGroup group)
    {
        if (_subscriptions.ContainsKey(group))
        {
            return;
        }

        Action<Device> deviceAdded = device =>
        {
            if (device.IsBoundToVfio)
            {
                Start(device, group);
            }
        };
        _subscriptions.Add(group, deviceAdded);
        group.DeviceAdded += deviceAdded;
    }

    /// <summary>A nested domain's host faults are those of stage 2; a domain that cannot tell is not nested (E55).</summary>
    protected static FaultReportCapabilities CapabilitiesFor(IommuGroup group) =>
        group.Domain?.LeavesStage1ToGuest == true ? FaultReportCapabilities.NestedLevel2 : FaultReportCapabilities.Flat;

    protected virtual Errno Enable(Device device, IommuGroup group)
    {
        FaultReportCapabilities capabilities = CapabilitiesFor(group);
        Errno error = Host.Start(device);
        if (error != Errno.None)
        {
            return error;
        }

        error = Registration.Add(device, capabilities);
        if (error != Errno.None)
        {
            Host.Stop(device);
            return error;
        }

        error = Features.Enable(device, IommuFeature.Iopf);
        if (error != Errno.None)
        {
            Quiesce(device, capabilities);
        }

        return error;
    }

    protected virtual void Stop(Device device, IommuGroup group)
    {
        // A device that joined later may have found no memory to be switched on.
        if (Forget(device))
        {
            Errno error = Features.Disable(device, IommuFeature.Iopf);
            Invariant.Hold(error == Errno.None, "a feature that was enabled can be disabled");
            Features.DrainFaults(device);
            Quiesce(device, CapabilitiesFor(group));
        }
    }

    /// <summary>Forgets that a device was switched on.</summary>
    /// <returns>Whether it was.</returns>
    protected bool Forget(Device device) => _started.Remove(device);

    /// <summary>Has every fault of a device answered, then lets its handler go.</summary>
    protected virtual void Quiesce(Device device, FaultReportCapabilities capabilities)
    {
        Host.Stop(device);
        Handlers.CompletePending(device);
        Errno error = Registration.Remove(device, capabilities);
        Invariant.Hold(error == Errno.None, "a handler without pending faults can be unregistered");
    }

    private Errno Start(Device device, IommuGroup group)
    {
        Errno error = ToleratesFaults(device) ? Enable(device, group) : Errno.EOPNOTSUPP;
        if (error == Errno.None)
        {
            _started.Add(device);
        }

        return error;
    }
}
