using Iopf.Kernel;

namespace Iopf.Iommu;

/// <summary>The devices that the IOMMU cannot tell apart: they share one domain.</summary>
/// <remarks>Kernel: <c>struct iommu_group</c>.</remarks>
public sealed class IommuGroup
{
    private readonly HostKernel _kernel;
    private readonly List<Device> _devices = [];
    private readonly IommuDomain? _defaultDomain;

    /// <summary>Creates a group without devices.</summary>
    /// <param name="kernel">Scheduler, clock and trace.</param>
    /// <param name="id">Its number.</param>
    /// <param name="defaultDomain">The domain of the kernel's own DMA; <see langword="null"/> to have none.</param>
    public IommuGroup(HostKernel kernel, int id, IommuDomain? defaultDomain)
    {
        ArgumentNullException.ThrowIfNull(kernel);
        _kernel = kernel;
        Id = id;
        _defaultDomain = defaultDomain;
        Domain = defaultDomain;
        Mutex = new KernelMutex(kernel.Scheduler, $"iommu_group.mutex (group {id})", "iommu_group.mutex");
    }

    /// <summary>Raised when a device joined.</summary>
    /// <remarks>Kernel: <c>IOMMU_GROUP_NOTIFY_ADD_DEVICE</c>.</remarks>
    public event Action<Device>? DeviceAdded;

    /// <summary>Its number.</summary>
    public int Id { get; }

    /// <summary>Protects the group.</summary>
    public KernelMutex Mutex { get; }

    /// <summary>Its devices.</summary>
    public IReadOnlyList<Device> Devices => _devices;

    /// <summary>The domain that translates for it now.</summary>
    public IommuDomain? Domain { get; private set; }

    /// <summary>Adds a device; it is attached to the group's present domain.</summary>
    /// <param name="device">A device without a group.</param>
    public void Add(Device device)
    {
        ArgumentNullException.ThrowIfNull(device);
        Invariant.Hold(device.Group is null, "a device joins one group");
        using (Mutex.Hold())
        {
            _devices.Add(device);
            device.Group = this;
            Domain?.AttachDevice(device);
        }

        DeviceAdded?.Invoke(device);
    }

    /// <summary>Removes a device.</summary>
    /// <param name="device">A device of the group.</param>
    public void Remove(Device device)
    {
        ArgumentNullException.ThrowIfNull(device);
        using (Mutex.Hold())
        {
            bool wasMember = _devices.Remove(device);
            Invariant.Hold(wasMember, "only a member leaves a group");
            Domain?.DetachDevice(device);
            device.Group = null;
        }
    }

    /// <summary>Puts all devices into a domain.</summary>
    /// <remarks>Kernel: <c>iommu_attach_group</c>.</remarks>
    /// <param name="domain">The domain.</param>
    /// <returns>The driver's answer for the first device that is refused; EBUSY while in another domain than the default one.</returns>
    public Errno Attach(IommuDomain domain)
    {
        using (Mutex.Hold())
        {
            if (Domain is not null && !ReferenceEquals(Domain, _defaultDomain))
            {
                return Errno.EBUSY;
            }

            for (int i = 0; i < _devices.Count; i++)
            {
                Errno error = Attach(_devices[i], domain);
                if (error != Errno.None)
                {
                    // Those that went before do not stay in a domain that the group is not in.
                    while (i-- > 0)
                    {
                        Leave(_devices[i], domain);
                    }

                    return error;
                }
            }

            Domain = domain;
            return Errno.None;
        }
    }

    /// <summary>Takes all devices out of a domain, back into the default one.</summary>
    /// <remarks>Kernel: <c>iommu_detach_group</c>.</remarks>
    /// <param name="domain">The domain they are in.</param>
    public void Detach(IommuDomain domain)
    {
        using (Mutex.Hold())
        {
            foreach (Device device in _devices)
            {
                Leave(device, domain);
            }

            Domain = _defaultDomain;
        }
    }

    /// <inheritdoc/>
    public override string ToString() => $"group {Id}";

    private void Leave(Device device, IommuDomain domain)
    {
        if (_defaultDomain is not null)
        {
            Attach(device, _defaultDomain);
            return;
        }

        domain.DetachDevice(device);
        TracePoint point = new(TracePointKind.Detach);
        _kernel.Step(TraceLayer.IommuCore, "__iommu_detach_device", device.Name, null, in point, $"detached from its domain");
    }

    private Errno Attach(Device device, IommuDomain domain)
    {
        Errno error = domain.AttachDevice(device);
        if (error == Errno.None)
        {
            string which = ReferenceEquals(domain, _defaultDomain) ? "its default domain" : "a domain of its user";
            TracePoint point = new(TracePointKind.Attach);
            _kernel.Step(TraceLayer.IommuCore, "__iommu_attach_device", device.Name, null, in point, $"attached to {which}");
        }

        return error;
    }
}
