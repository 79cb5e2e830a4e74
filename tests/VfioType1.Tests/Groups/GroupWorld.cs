using Iopf.Iommu;
using Iopf.Kernel;
using Iopf.Mm;
using Microsoft.Extensions.DependencyInjection;
using Moq;

namespace Iopf.VfioType1.Tests.Groups;

/// <summary>The baseline's way of a group into a container and out of it, with IOMMUs that do what a test says.</summary>
internal sealed class GroupWorld
{
    private readonly ServiceProvider _services;
    private int _lastGroup;

    public GroupWorld(params IGroupAttachStep[] steps)
    {
        Memory = new PhysicalMemory(Kernel);
        Vmm = new Process(Kernel, Memory, "vmm");
        ServiceCollection services = new();
        services.AddSingleton(Kernel).AddSingleton(Memory);
        foreach (IGroupAttachStep step in steps)
        {
            services.AddSingleton(step);
        }

        _services = services.AddVfioType1().BuildServiceProvider();
        Container = new Type1Container(Kernel, 1, isV2: true, isNesting: false, mappingLimit: 100);
    }

    public HostKernel Kernel { get; } = new();

    public PhysicalMemory Memory { get; }

    public Process Vmm { get; }

    public Type1Container Container { get; set; }

    public Type1Options Options => _services.GetRequiredService<Microsoft.Extensions.Options.IOptions<Type1Options>>().Value;

    public Mock<IIommuDriver> NewDriver(Func<Result<IommuDomain>>? allocate = null)
    {
        Mock<IIommuDriver> driver = new();
        driver.Setup(d => d.AllocateDomain(DomainType.Unmanaged)).Returns(allocate ?? (() => new PickyDomain(Kernel)));
        driver.Setup(d => d.ReservedRegionsOf(It.IsAny<Device>())).Returns([]);
        return driver;
    }

    public Device NewDevice(Bus bus)
    {
        Device device = new(Kernel, $"dev{_lastGroup}", bus);
        if (bus.Iommu is { } driver)
        {
            device.Iommu = new DeviceIommu(Kernel, device, driver);
        }

        return device;
    }

    public IommuGroup NewGroup(params Device[] devices)
    {
        IommuGroup group = new(Kernel, ++_lastGroup, defaultDomain: null);
        foreach (Device device in devices)
        {
            group.Add(device);
        }

        return group;
    }

    public IommuGroup NewGroup(Mock<IIommuDriver> driver) => NewGroup(NewDevice(new Bus("pci") { Iommu = driver.Object }));

    public Errno Attach(IommuGroup group) => _services.GetRequiredService<GroupAttach>().Execute(Container, group, Vmm);

    public void Detach(IommuGroup group) => _services.GetRequiredService<GroupDetach>().Execute(Container, group);

    public void AddMapping(ulong iova, ulong pages) =>
        Container.Mappings.Add(
            new DmaMapping(new Iova(iova), new UserAddress(0x5000_0000), IommuProt.Read, Vmm, Vmm.Mm!, hasLockCap: false)
            {
                Size = pages << Page.Shift,
                IsOnDemand = true,
            });
}
