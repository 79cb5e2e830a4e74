using Iopf.Iommu;
using Iopf.Kernel;
using Iopf.Mm;
using Iopf.Testing;
using Iopf.TestKit.Vfio;

namespace Iopf.Vfio.Tests;

/// <summary>A kernel with one fake backend, and the devices and groups a test asks for.</summary>
internal sealed class VfioWorld
{
    private readonly Bus _bus = new("pci");

    public VfioWorld(params IVfioIommuBackend[] moreBackends)
    {
        Backend = new FakeVfioBackend(Kernel);
        Core = new VfioCore(Kernel, [Backend, .. moreBackends]);
        Caller = new Process(Kernel, new PhysicalMemory(Kernel), "vmm");
    }

    public HostKernel Kernel { get; } = new();

    public FakeVfioBackend Backend { get; }

    public VfioCore Core { get; }

    public Process Caller { get; }

    /// <summary>The backend's state that was opened last.</summary>
    public FakeVfioIommu State => Backend.Opened[^1];

    public IommuGroup NewIommuGroup(int id) => new(Kernel, id, defaultDomain: null);

    public Device NewDevice(string name, IommuGroup group)
    {
        Device device = new(Kernel, name, _bus);
        group.Add(device);
        device.Group = group;
        return device;
    }

    public Device NewLoneDevice(string name) => new(Kernel, name, _bus);

    /// <summary>A group with one registered device "dev-N", open.</summary>
    public VfioGroup OpenNewGroup(int id) => OpenNewGroup(id, new FakeBusDriver());

    public VfioGroup OpenNewGroup(int id, IVfioDeviceOps driver)
    {
        Device device = NewDevice($"dev-{id}", NewIommuGroup(id));
        Assert.True(Core.RegisterDevice(device, driver).IsSuccess);
        return Core.OpenGroup(id).Value;
    }

    /// <summary>An open group with one device, in an open container with the fake backend.</summary>
    public VfioGroup OpenReadyGroup(int id, IVfioDeviceOps? driver = null)
    {
        VfioGroup group = OpenNewGroup(id, driver ?? new FakeBusDriver());
        VfioContainer container = Core.OpenContainer();
        Assert.Equal(Errno.None, group.SetContainer(Caller, container));
        Assert.Equal(Errno.None, container.SetIommu(Caller, VfioExtension.Type1V2));
        return group;
    }
}
