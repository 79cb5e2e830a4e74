using Iopf.Kernel;

namespace Iopf.Iommu;

/// <summary>Passes the faults that IOMMU drivers see on to the handlers of the devices.</summary>
/// <param name="kernel">Counters and trace.</param>
/// <param name="filter">Whether a handler wants a fault.</param>
/// <param name="observers">Who watches.</param>
public class DeviceFaultReporter(HostKernel kernel, IFaultReportFilter filter, IEnumerable<IFaultObserver> observers)
{
    private readonly IFaultObserver[] _observers = [.. observers];

    /// <summary>Reports one fault; runs the handler under the device's param.lock.</summary>
    /// <remarks>Kernel: <c>iommu_report_device_fault</c>.</remarks>
    /// <param name="device">The device.</param>
    /// <param name="fault">The fault.</param>
    /// <returns>EINVAL for a device without IOMMU or handler; the filter's or the handler's error. After an error the caller answers.</returns>
    public Errno Report(Device device, in IommuFault fault)
    {
        ArgumentNullException.ThrowIfNull(device);
        kernel.Tally.FaultsReported++;
        kernel.Tally.PageRequests += fault.Type == FaultType.PageRequest ? 1 : 0;
        kernel.Step(
            TraceLayer.IommuCore,
            "iommu_report_device_fault",
            device.Name,
            fault.Address,
            new TracePoint(TracePointKind.FaultReported)
            {
                Tag = fault.Type == FaultType.PageRequest ? fault.GroupId : null,
                IsWrite = (fault.Permissions & FaultPermissions.Write) != 0,
            },
            $"{fault.Type} {fault.Stage} {fault.Permissions} group 0x{fault.GroupId:x}");

        foreach (IFaultObserver observer in _observers)
        {
            observer.Reporting(device, fault);
        }

        Errno outcome = Pass(device, in fault);
        foreach (IFaultObserver observer in _observers)
        {
            observer.Reported(device, fault, outcome);
        }

        return outcome;
    }

    /// <summary>Ends the report of a fault that the filter keeps back.</summary>
    /// <param name="reporting">The hold on param.lock.</param>
    protected virtual void Refused(LockScope reporting) => reporting.Dispose();

    private Errno Pass(Device device, in IommuFault fault)
    {
        if (device.Iommu is not { } param)
        {
            return Errno.EINVAL;
        }

        LockScope reporting = param.Lock.Hold("iommu_report_device_fault");
        if (param.Registration is not { Handler: { } handler } registration)
        {
            reporting.Dispose();
            return Errno.EINVAL;
        }

        // Before anything is queued, so that a fault nobody wants leaves no trace.
        Errno error = filter.Admit(registration.Capabilities, fault);
        if (error != Errno.None)
        {
            Refused(reporting);
            return error;
        }

        error = PassToHandler(device, param, handler, in fault);
        reporting.Dispose();
        return error;
    }

    private static Errno PassToHandler(Device device, DeviceIommu param, IDeviceFaultHandler handler, in IommuFault fault)
    {
        bool isPending = fault.Type == FaultType.PageRequest && fault.IsLastOfGroup;
        if (isPending)
        {
            using (param.Pending.Lock.Hold())
            {
                param.Pending.Append(in fault);
            }
        }

        // Whom a driver registered: Type1FaultEntry of type1 (its FaultRegistration), or SvaFaultQueue.
        Errno error = handler.Handle(device, fault);
        if (error != Errno.None && isPending)
        {
            param.Pending.Withdraw(in fault);
        }

        return error;
    }
}
