using Iopf.Iommu;
using Iopf.Kernel;

namespace Iopf.VfioType1.Patches.EnableIopf;

/// <summary>Patch 5: switches the faults of a group's devices on and off.</summary>
/// <remarks>
/// Kernel: <c>dev_enable_iopf</c>, <c>dev_disable_iopf</c>. Order: look-up first, then whoever serves, then the handler, then the feature (E40);
/// off in reverse, with every fault in flight answered before anything it needs goes away (E41, E44, E56).
/// </remarks>
internal sealed class FaultingDevices(
    HostKernel kernel,
    IFaultingGroups linked,
    IHostFaultService host,
    IFaultRegistration registration,
    IFaultHandlerRegistry handlers,
    IDeviceFeatures features)
{
    // The posted code may meet a device that was never switched on.
    private static readonly ErrataSet MayBeOff = ErrataSet.Of(Erratum.E39, Erratum.E40, Erratum.E52, Erratum.E54);

    private const string DisableFunction = "dev_disable_iopf";
    private readonly Dictionary<IommuGroup, Action<Device>> _newcomers = [];
    private readonly HashSet<Device> _started = [];

    /// <summary>Switches the faults of a group on, or leaves everything as it was.</summary>
    /// <param name="container">The group's container.</param>
    /// <param name="group">The group.</param>
    /// <param name="function">The kernel function that does.</param>
    /// <returns>The error of the device that refuses; ENOMEM.</returns>
    public Errno Start(Type1Container container, Type1Group group, string function)
    {
        Errno error = Start(container, group, function, out List<Device> started);
        if (error != Errno.None)
        {
            StopStarted(group, started);
        }

        return error;
    }

    /// <summary>Switches those devices of a group off that were switched on before one refused.</summary>
    /// <param name="group">The group.</param>
    /// <param name="started">Which were switched on.</param>
    public void StopStarted(Type1Group group, List<Device> started)
    {
        foreach (Device device in started)
        {
            Stop(device, FaultingGroup(group));
        }

        linked.Unlink(group);
    }

    /// <summary>Switches the faults of a group on; after an error the devices that were switched on stay so.</summary>
    /// <param name="container">The group's container.</param>
    /// <param name="group">The group.</param>
    /// <param name="function">The kernel function that does.</param>
    /// <param name="started">Which devices were switched on.</param>
    /// <returns>The error of the device that refuses; ENOMEM.</returns>
    public Errno Start(Type1Container container, Type1Group group, string function, out List<Device> started)
    {
        started = [];
        // Posted: a device may fault before it can be looked up (E40).
        bool linksLast = kernel.IsPosted(Erratum.E40);
        Errno error = linksLast ? Errno.None : linked.Link(container, group, function);
        if (error != Errno.None)
        {
            return error;
        }

        foreach (Device device in DevicesOf(FaultingGroup(group)))
        {
            error = Start(device, FaultingGroup(group));
            if (error != Errno.None)
            {
                return error;
            }

            started.Add(device);
        }

        Welcome(FaultingGroup(group));
        if (!linksLast)
        {
            return Errno.None;
        }

        kernel.Scheduler.Point("vfio_link_iopf_group");
        return linked.Link(container, group, function);
    }

    /// <summary>Switches the faults of a group off.</summary>
    /// <param name="group">The group.</param>
    /// <param name="function">The kernel function that does.</param>
    public void Stop(Type1Group group, string function)
    {
        // Posted: the look-up goes first, while the devices can still fault (E41).
        bool unlinksFirst = kernel.IsPosted(Erratum.E41);
        if (unlinksFirst)
        {
            Unlink(group, function);
            kernel.Scheduler.Point("vfio_unlink_iopf_group");
        }

        if (_newcomers.Remove(FaultingGroup(group), out Action<Device>? newcomer))
        {
            FaultingGroup(group).DeviceAdded -= newcomer;
        }

        foreach (Device device in DevicesOf(FaultingGroup(group)))
        {
            Stop(device, FaultingGroup(group));
        }

        if (!unlinksFirst)
        {
            Unlink(group, function);
        }
    }

    /// <summary>The posted unwinding: switches off as many devices as were counted, in the order of the groups of now (E52).</summary>
    /// <param name="groups">The groups.</param>
    /// <param name="count">How many devices were switched on; none by a second ENABLE_IOPF, whose unwinding takes the first group's look-up (E39).</param>
    public void StopCounted(IReadOnlyList<Type1Group> groups, int count)
    {
        foreach (Type1Group group in groups)
        {
            List<Device> devices = DevicesOf(FaultingGroup(group));
            int here = Math.Min(count, devices.Count);
            for (int i = 0; i < here; i++)
            {
                Stop(devices[i], FaultingGroup(group));
            }

            linked.Unlink(group);
            count -= here;
            if (here < devices.Count)
            {
                break;
            }
        }
    }

    /// <summary>A mediated device's faults are those of the device behind it; posted: the mediated device is asked, which has no IOMMU (E57).</summary>
    private IommuGroup FaultingGroup(Type1Group group) => kernel.IsPosted(Erratum.E57) ? group.IommuGroup : group.Translated;

    /// <summary>A bridge that shares the group faults for nobody; posted: it is asked all the same (E53).</summary>
    private List<Device> DevicesOf(IommuGroup group)
    {
        kernel.Scheduler.Touch(group.Mutex.Name, writes: false);
        return [.. group.Devices.Where(device => device.IsBoundToVfio || kernel.IsPosted(Erratum.E53))];
    }

    /// <summary>A device that joins later has no static mapping to live on: its faults are served, too. Posted: they are not (E54).</summary>
    private void Welcome(IommuGroup group)
    {
        if (kernel.IsPosted(Erratum.E54) || _newcomers.ContainsKey(group))
        {
            return;
        }

        Action<Device> newcomer = device =>
        {
            if (device.IsBoundToVfio)
            {
                Start(device, group);
            }
        };
        _newcomers.Add(group, newcomer);
        group.DeviceAdded += newcomer;
    }

    private void Unlink(Type1Group group, string function)
    {
        bool wasLinked = linked.Unlink(group);
        if (!wasLinked)
        {
            Invariant.Hold(kernel.IsPosted(Erratum.E39), "only a linked group is unlinked");
            kernel.Warn(function, "no IOPF group for the group");
        }
    }

    /// <summary>A nested domain's host faults are those of stage 2; a domain that cannot tell is not nested.</summary>
    private Result<FaultReportCapabilities> CapabilitiesFor(IommuGroup group)
    {
        Result<bool> nested = group.Domain?.IsNested ?? false;

        // Posted: the question must be answered (E55).
        if (!nested.IsSuccess && kernel.IsPosted(Erratum.E55))
        {
            return Errno.ENODEV;
        }

        return nested is { IsSuccess: true, Value: true } ? FaultReportCapabilities.NestedLevel2 : FaultReportCapabilities.Flat;
    }

    private Errno Start(Device device, IommuGroup group)
    {
        // Posted: a device that can stall is taken for one that can live with any fault (E78).
        if (!device.ToleratesFaults && !kernel.IsPosted(Erratum.E78))
        {
            return Errno.EOPNOTSUPP;
        }

        Errno error = kernel.IsPosted(Erratum.E40) ? StartFeatureFirst(device, group) : StartFeatureLast(device, group);
        if (error == Errno.None)
        {
            _started.Add(device);
        }

        return error;
    }

    private Errno StartFeatureLast(Device device, IommuGroup group)
    {
        if (!CapabilitiesFor(group).TryGet(out FaultReportCapabilities capabilities, out Errno error))
        {
            return error;
        }

        error = host.Start(device);
        if (error != Errno.None)
        {
            return error;
        }

        error = registration.Add(device, capabilities);
        if (error != Errno.None)
        {
            host.Stop(device);
            return error;
        }

        error = features.Enable(device, IommuFeature.Iopf);
        if (error != Errno.None)
        {
            Silence(device, capabilities);
        }

        return error;
    }

    /// <summary>The posted order: the device may fault from the first step on.</summary>
    private Errno StartFeatureFirst(Device device, IommuGroup group)
    {
        Errno error = features.Enable(device, IommuFeature.Iopf);
        if (error != Errno.None)
        {
            return error;
        }

        if (CapabilitiesFor(group).TryGet(out FaultReportCapabilities capabilities, out error))
        {
            error = registration.Add(device, capabilities);
        }

        if (error == Errno.None)
        {
            error = host.Start(device);
        }

        if (error != Errno.None)
        {
            features.Disable(device, IommuFeature.Iopf);
        }

        return error;
    }

    private void Stop(Device device, IommuGroup group)
    {
        // A device that joined later may have found no memory to be switched on.
        if (!_started.Remove(device) && !kernel.Errata.Intersects(MayBeOff))
        {
            return;
        }

        if (kernel.IsPosted(Erratum.E44))
        {
            StopAndWarn(device);
            return;
        }

        if (features.Disable(device, IommuFeature.Iopf) != Errno.None)
        {
            Invariant.Hold(kernel.Errata.Intersects(MayBeOff), "a feature that was enabled can be disabled");
            kernel.Warn(DisableFunction, "feature could not be disabled");
            return;
        }

        // Posted: what the hardware recorded before may be handled in the next life of the device (E56).
        if (!kernel.IsPosted(Erratum.E56))
        {
            features.DrainFaults(device);
        }

        Silence(device, CapabilitiesFor(group) is { IsSuccess: true } capabilities ? capabilities.Value : FaultReportCapabilities.Flat);
    }

    /// <summary>Posted: the handler cannot be unregistered while faults are pending; that is only warned about.</summary>
    private void StopAndWarn(Device device)
    {
        host.Stop(device);
        if (handlers.Unregister(device) != Errno.None)
        {
            kernel.Warn(DisableFunction, "handler could not be unregistered");
        }

        if (features.Disable(device, IommuFeature.Iopf) != Errno.None)
        {
            kernel.Warn(DisableFunction, "feature could not be disabled");
        }
    }

    private void Silence(Device device, FaultReportCapabilities capabilities)
    {
        host.Stop(device);
        if (!kernel.IsPosted(Erratum.E56))
        {
            handlers.CompletePending(device);
        }

        Errno error = registration.Remove(device, capabilities);
        Invariant.Hold(error == Errno.None || kernel.IsPosted(Erratum.E56), "a handler without pending faults can be unregistered");
    }
}
