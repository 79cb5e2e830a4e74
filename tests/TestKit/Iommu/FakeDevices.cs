using Iopf.Iommu;
using Iopf.Kernel;

namespace Iopf.TestKit.Iommu;

/// <summary>Devices behind a fake IOMMU.</summary>
public static class FakeDevices
{
    /// <summary>A probed device in a group of its own, whose domain is the given one.</summary>
    public static Device Behind(HostKernel kernel, IommuDomain domain, string name = "nic0")
    {
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
