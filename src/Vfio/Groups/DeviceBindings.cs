using Iopf.Iommu;

namespace Iopf.Vfio;

/// <summary>Which driver each device is bound to, as far as a group's viability depends on it.</summary>
/// <remarks>
/// Kernel: <c>dev-&gt;driver</c>, the list of devices being unbound, and the lists of allowed drivers. A device nobody spoke of is
/// driverless.
/// </remarks>
public sealed class DeviceBindings
{
    private readonly Dictionary<Device, DeviceBinding> _bindings = [];

    /// <summary>In whose hands a device is.</summary>
    /// <param name="device">The device.</param>
    /// <returns>Its binding.</returns>
    public DeviceBinding Of(Device device) => _bindings.GetValueOrDefault(device, DeviceBinding.Driverless);

    /// <summary>Binds a device to something else than before. VFIO's own bindings are set by registering and unregistering.</summary>
    /// <param name="device">The device.</param>
    /// <param name="binding">Its new binding.</param>
    public void Set(Device device, DeviceBinding binding) => _bindings[device] = binding;

    /// <summary>Whether a device leaves its group usable.</summary>
    /// <remarks>Kernel: <c>vfio_dev_viable</c>.</remarks>
    /// <param name="device">The device.</param>
    /// <returns>Whether no driver of the host has it.</returns>
    public bool IsViable(Device device) => Of(device) != DeviceBinding.ForeignDriver;
}
