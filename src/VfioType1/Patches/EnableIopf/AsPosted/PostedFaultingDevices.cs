using Iopf.Iommu;
using Iopf.Kernel;

namespace Iopf.VfioType1.Patches.EnableIopf;

/// <summary>Patch 5 as posted: the feature first and the look-up last, a count in place of a list, warnings in place of waiting.</summary>
/// <remarks>Kernel: <c>dev_enable_iopf</c> and <c>dev_disable_iopf</c> of the posting.</remarks>
internal sealed class PostedFaultingDevices(
    HostKernel kernel,
    IFaultingGroups linked,
    IHostFaultService host,
    IFaultRegistration registration,
    IFaultHandlerRegistry handlers,
    IDeviceFeatures features)
    : FaultingDevices(kernel, linked, host, registration, handlers, features), IAsPosted
{
    private const string DisableFunction = "dev_disable_iopf";

    // With these on a device may be switched off that was never switched on.
    private static readonly ErrataSet MayBeOff = ErrataSet.Of(Erratum.E39, Erratum.E40, Erratum.E52, Erratum.E54);

    public static ErrataSet Errata { get; } = ErrataSet.Of(
        Erratum.E39, Erratum.E40, Erratum.E41, Erratum.E44, Erratum.E52, Erratum.E53, Erratum.E54, Erratum.E55, Erratum.E56, Erratum.E57, Erratum.E78);

    /// <summary>Keeps only the count of the devices that were switched on (E52), as a second ENABLE_IOPF always does (E39).</summary>
    public override Errno StartAll(Type1Container container, IReadOnlyList<Type1Group> groups, string function)
    {
        if (!container.IsIopfEnabled && !Kernel.IsPosted(Erratum.E52))
        {
            return base.StartAll(container, groups, function);
        }

        int count = 0;
        foreach (Type1Group group in groups)
        {
            List<Device> started = [];
            Errno error = Start(container, group, function, started);
            count += started.Count;
            if (error != Errno.None)
            {
                StopByCount(groups, count);
                return error;
            }
        }

        return Errno.None;
    }

    /// <summary>Unlinks a group while its devices can still fault (E41).</summary>
    public override void Stop(Type1Group group, string function)
    {
        if (!Kernel.IsPosted(Erratum.E41))
        {
            base.Stop(group, function);
            return;
        }

        Unlink(group, function);
        Kernel.Scheduler.Point("vfio_unlink_iopf_group");
        StopDevices(group);
    }

    /// <summary>Links a group after its devices can fault (E40).</summary>
    protected override Errno Start(Type1Container container, Type1Group group, string function, List<Device> started)
    {
        if (!Kernel.IsPosted(Erratum.E40))
        {
            return base.Start(container, group, function, started);
        }

        Errno error = StartDevices(group, started);
        if (error != Errno.None)
        {
            return error;
        }

        Kernel.Scheduler.Point("vfio_link_iopf_group");
        return Linked.Link(container, group, function);
    }

    /// <summary>The unwinding of a second ENABLE_IOPF took the look-up away already (E39).</summary>
    protected override void Unlink(Type1Group group, string function)
    {
        bool wasLinked = Linked.Unlink(group);
        if (!wasLinked)
        {
            Invariant.Hold(Kernel.IsPosted(Erratum.E39), "only a linked group is unlinked");
            Kernel.Warn(function, "no IOPF group for the group");
        }
    }

    /// <summary>Asks the mediated device, which has no IOMMU (E57).</summary>
    protected override IommuGroup FaultingGroup(Type1Group group) => Kernel.IsPosted(Erratum.E57) ? group.IommuGroup : base.FaultingGroup(group);

    /// <summary>Asks a bridge that shares the group as well (E53).</summary>
    protected override bool CanFault(Device device) => Kernel.IsPosted(Erratum.E53) || base.CanFault(device);

    /// <summary>Takes a device that can stall for one that can live with any fault (E78).</summary>
    protected override bool ToleratesFaults(Device device) => Kernel.IsPosted(Erratum.E78) || base.ToleratesFaults(device);

    /// <summary>Does not serve the faults of a device that joins later (E54).</summary>
    protected override void Subscribe(IommuGroup group)
    {
        if (!Kernel.IsPosted(Erratum.E54))
        {
            base.Subscribe(group);
        }
    }

    protected override Errno Enable(Device device, IommuGroup group)
    {
        // The domain must be able to tell whether it is nested (E55).
        bool canTell = group.Domain?.IsNested is not { IsSuccess: false } || !Kernel.IsPosted(Erratum.E55);
        return Kernel.IsPosted(Erratum.E40) ? EnableFeatureFirst(device, group, canTell) : canTell ? base.Enable(device, group) : Errno.ENODEV;
    }

    protected override void Stop(Device device, IommuGroup group)
    {
        if (!Forget(device) && !Kernel.Errata.Intersects(MayBeOff))
        {
            return;
        }

        if (Kernel.IsPosted(Erratum.E44))
        {
            StopAndWarn(device);
            return;
        }

        if (Features.Disable(device, IommuFeature.Iopf) != Errno.None)
        {
            Invariant.Hold(Kernel.Errata.Intersects(MayBeOff), "a feature that was enabled can be disabled");
            Kernel.Warn(DisableFunction, "feature could not be disabled");
            return;
        }

        // What the hardware recorded before may be handled in the next life of the device (E56).
        if (!Kernel.IsPosted(Erratum.E56))
        {
            Features.DrainFaults(device);
        }

        Quiesce(device, CapabilitiesFor(group));
    }

    /// <summary>Leaves pending faults unanswered (E56).</summary>
    protected override void Quiesce(Device device, FaultReportCapabilities capabilities)
    {
        if (!Kernel.IsPosted(Erratum.E56))
        {
            base.Quiesce(device, capabilities);
            return;
        }

        Host.Stop(device);
        Registration.Remove(device, capabilities);
    }

    /// <summary>The device may fault from the first step on (E40).</summary>
    private Errno EnableFeatureFirst(Device device, IommuGroup group, bool canTell)
    {
        Errno error = Features.Enable(device, IommuFeature.Iopf);
        if (error != Errno.None)
        {
            return error;
        }

        error = canTell ? Registration.Add(device, CapabilitiesFor(group)) : Errno.ENODEV;
        if (error == Errno.None)
        {
            error = Host.Start(device);
        }

        if (error != Errno.None)
        {
            Features.Disable(device, IommuFeature.Iopf);
        }

        return error;
    }

    /// <summary>A handler with pending faults cannot be unregistered; that is only warned about (E44).</summary>
    private void StopAndWarn(Device device)
    {
        Host.Stop(device);
        if (Handlers.Unregister(device) != Errno.None)
        {
            Kernel.Warn(DisableFunction, "handler could not be unregistered");
        }

        if (Features.Disable(device, IommuFeature.Iopf) != Errno.None)
        {
            Kernel.Warn(DisableFunction, "feature could not be disabled");
        }
    }

    /// <summary>Switches off as many devices as were counted, in the order that the groups have now (E52).</summary>
    /// <param name="groups">The groups.</param>
    /// <param name="count">How many devices were switched on: none by a second ENABLE_IOPF, whose unwinding unlinks the first group (E39).</param>
    private void StopByCount(IReadOnlyList<Type1Group> groups, int count)
    {
        foreach (Type1Group group in groups)
        {
            List<Device> devices = DevicesOf(FaultingGroup(group));
            int here = Math.Min(count, devices.Count);
            for (int i = 0; i < here; i++)
            {
                Stop(devices[i], FaultingGroup(group));
            }

            Linked.Unlink(group);
            count -= here;
            if (here < devices.Count)
            {
                break;
            }
        }
    }
}
