using Iopf.Kernel;

namespace Iopf.Iommu;

/// <summary>Registers who is told the faults of a device: one handler at a time.</summary>
/// <param name="capabilities">Judges what a handler asks for.</param>
/// <param name="responder">Answers what is still pending.</param>
public sealed class DeviceFaultHandlers(IFaultHandlerCapabilities capabilities, PageResponder responder) : IFaultHandlerRegistry
{
    /// <summary>Registers a handler.</summary>
    /// <remarks>Kernel: <c>iommu_register_device_fault_handler</c>.</remarks>
    /// <param name="device">The device.</param>
    /// <param name="handler">The handler; none is accepted, and makes every report fail.</param>
    /// <param name="wanted">Which faults it wants.</param>
    /// <returns>EINVAL for a device without IOMMU or capabilities that exclude each other; EBUSY when there is a handler.</returns>
    public Errno Register(Device device, IDeviceFaultHandler? handler, FaultReportCapabilities wanted)
    {
        ArgumentNullException.ThrowIfNull(device);
        if (device.Iommu is not { } param)
        {
            return Errno.EINVAL;
        }

        using (param.Lock.Hold("iommu_register_device_fault_handler"))
        {
            if (param.Registration is not null)
            {
                return Errno.EBUSY;
            }

            Errno error = capabilities.Validate(wanted);
            if (error != Errno.None)
            {
                return error;
            }

            if (device.Kernel.Fails(FailureKind.Register) || !device.Kernel.Allocates("iommu_register_device_fault_handler"))
            {
                return Errno.ENOMEM;
            }

            device.ReferenceCount++;
            param.Registration = new FaultRegistration(handler, wanted);
            return Errno.None;
        }
    }

    /// <summary>Unregisters the handler; a device without one is left alone.</summary>
    /// <remarks>Kernel: <c>iommu_unregister_device_fault_handler</c>.</remarks>
    /// <param name="device">The device.</param>
    /// <returns>EINVAL for a device without IOMMU; EBUSY while page requests are pending, and then the handler stays.</returns>
    public Errno Unregister(Device device)
    {
        ArgumentNullException.ThrowIfNull(device);
        if (device.Iommu is not { } param)
        {
            return Errno.EINVAL;
        }

        using (param.Lock.Hold("iommu_unregister_device_fault_handler"))
        {
            if (param.Registration is null)
            {
                return Errno.None;
            }

            if (param.Pending.Count > 0)
            {
                return Errno.EBUSY;
            }

            param.Registration = null;
            device.ReferenceCount--;
            return Errno.None;
        }
    }

    /// <summary>Changes which faults the registered handler wants: keeps those in <paramref name="mask"/> and adds <paramref name="set"/>.</summary>
    /// <remarks>Kernel: <c>iommu_update_device_fault_handler</c>, added by patch 1.</remarks>
    /// <param name="device">The device.</param>
    /// <param name="mask">What is kept.</param>
    /// <param name="set">What is added.</param>
    /// <returns>EINVAL without IOMMU, without handler or for capabilities that exclude each other; EOPNOTSUPP without patch 1.</returns>
    public Errno Update(Device device, FaultReportCapabilities mask, FaultReportCapabilities set)
    {
        ArgumentNullException.ThrowIfNull(device);
        if (device.Iommu is not { } param)
        {
            return Errno.EINVAL;
        }

        using (param.Lock.Hold("iommu_update_device_fault_handler"))
        {
            // Posted: the test is inverted; without a handler its data is reached for.
            if ((param.Registration is null) != device.Kernel.IsPosted(Erratum.E01))
            {
                return Errno.EINVAL;
            }

            FaultRegistration registration = param.Registration
                ?? throw new KernelOopsException("NULL pointer dereference", "iommu_update_device_fault_handler");
            if (!capabilities.Update(registration.Capabilities, mask, set).TryGet(out FaultReportCapabilities wanted, out Errno error))
            {
                return error;
            }

            param.Registration = registration with { Capabilities = wanted };
            return Errno.None;
        }
    }

    /// <summary>What the registered handler of a device wants to be told.</summary>
    /// <param name="device">The device.</param>
    /// <returns>The capabilities; <see cref="FaultReportCapabilities.None"/> without a handler.</returns>
    public FaultReportCapabilities CapabilitiesOf(Device device) => device.Iommu?.Registration?.Capabilities ?? FaultReportCapabilities.None;

    /// <summary>Whether a certain handler is registered for a device.</summary>
    /// <param name="device">The device.</param>
    /// <param name="handler">The handler.</param>
    /// <returns>Whether it is.</returns>
    public bool IsRegistered(Device device, IDeviceFaultHandler handler) => ReferenceEquals(device.Iommu?.Registration?.Handler, handler);

    /// <summary>Answers every pending page request INVALID, so that the handler can be unregistered (E44).</summary>
    /// <param name="device">The device.</param>
    public void CompletePending(Device device)
    {
        ArgumentNullException.ThrowIfNull(device);
        if (device.Iommu is not { } param)
        {
            return;
        }

        // A fault that is being reported may be refused yet, and is answered by its driver then: not twice.
        using LockScope reporting = param.Lock.Hold();
        while (param.PendingFaultCount > 0)
        {
            int before = param.PendingFaultCount;
            ref readonly IommuFault oldest = ref param.Pending[0];
            responder.Respond(device, new PageResponse(oldest.GroupId, oldest.Pasid ?? 0, PageResponseCode.Invalid));
            Invariant.Hold(param.PendingFaultCount < before, "a page request is completed while a domain can still answer it");
        }
    }
}
