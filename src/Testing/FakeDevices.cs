using Iopf.Iommu;
using Iopf.Kernel;

namespace Iopf.Testing;

/// <summary>Devices behind a fake IOMMU.</summary>
public static class FakeDevices
{
    /// <summary>Makes a probed device in a group of its own, attached to a domain.</summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="domain">The domain; it must accept the device.</param>
    /// <param name="name">The device's name.</param>
    /// <returns>The device; its driver is a <see cref="FakeIommuDriver"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="kernel"/> or <paramref name="domain"/> is null.</exception>
    public static Device Behind(HostKernel kernel, IommuDomain domain, string name = "nic0")
    {
        ArgumentNullException.ThrowIfNull(kernel);
        ArgumentNullException.ThrowIfNull(domain);
        FakeIommuDriver driver = new(kernel);
        Device device = new(kernel, name, new Bus("pci") { Iommu = driver });
        device.Iommu = new DeviceIommu(kernel, device, driver);
        IommuGroup group = new(kernel, 1, defaultDomain: null);
        group.Add(device);
        Errno error = group.Attach(domain);
        Invariant.Hold(error == Errno.None, "a lone device is attached to any domain");
        return device;
    }
}
