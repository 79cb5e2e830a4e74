using Iopf.Iommu;
using Iopf.Kernel;

namespace Iopf.VfioType1.Patches.EnableIopf;

/// <summary>Patch 5: switches the faults of a group's devices on and off.</summary>
/// <remarks>
/// Kernel: <c>dev_enable_iopf</c>, <c>dev_disable_iopf</c>. Order: look-up first, then whoever serves, then the handler, then the feature (E40);
/// off in reverse, with every fault in flight answered before anything it needs goes away (E41, E44, E56).
/// </remarks>
internal sealed class FaultingDevices(
    FaultDirectory directory, IHostFaultService host, FaultRegistration registration, DeviceFaultHandlers handlers, DeviceFeatures features)
{
    public Errno Start(Type1Container container, Type1Group group)
    {
        FaultReportCapabilities capabilities = CapabilitiesFor(group.IommuGroup);
        IReadOnlyList<Device> devices = group.IommuGroup.Devices;
        directory.Link(container, group);
        for (int i = 0; i < devices.Count; i++)
        {
            Errno error = Start(devices[i], capabilities);
            if (error != Errno.None)
            {
                while (i-- > 0)
                {
                    Stop(devices[i], capabilities);
                }

                directory.Unlink(group);
                return error;
            }
        }

        return Errno.None;
    }

    public void Stop(Type1Group group)
    {
        FaultReportCapabilities capabilities = CapabilitiesFor(group.IommuGroup);
        foreach (Device device in group.IommuGroup.Devices)
        {
            Stop(device, capabilities);
        }

        directory.Unlink(group);
    }

    /// <summary>A nested domain's host faults are those of stage 2; a domain that cannot tell is not nested (E55).</summary>
    private static FaultReportCapabilities CapabilitiesFor(IommuGroup group) =>
        group.Domain?.LeavesStage1ToGuest == true
            ? FaultReportCapabilities.NestedLevel2
            : FaultReportCapabilities.Flat;

    private Errno Start(Device device, FaultReportCapabilities capabilities)
    {
        Errno error = host.Start(device);
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

    private void Stop(Device device, FaultReportCapabilities capabilities)
    {
        Errno error = features.Disable(device, IommuFeature.Iopf);
        Invariant.Hold(error == Errno.None, "a feature that was enabled can be disabled");
        Silence(device, capabilities);
    }

    private void Silence(Device device, FaultReportCapabilities capabilities)
    {
        host.Stop(device);
        handlers.CompletePending(device);
        Errno error = registration.Remove(device, capabilities);
        Invariant.Hold(error == Errno.None, "a handler without pending faults can be unregistered");
    }
}
