using Iopf.Iommu;
using Iopf.Kernel;
using Iopf.Machine;
using Iopf.Mm;
using Iopf.Patches;
using Iopf.Promises;
using Iopf.Vfio;
using Iopf.VfioType1;
using Microsoft.Extensions.DependencyInjection;

namespace Iopf.Tests.Promises;

/// <summary>A host with one container and one mapping of 16 pages, watched, whose state a test then spoils.</summary>
internal sealed class PlantedHost : IDisposable
{
    public const ulong FirstIova = 0x10_0000;
    private const ulong FirstVaddr = 0x1000_0000;
    private const ulong Pages = 16;

    public PlantedHost(PatchSet patches, bool enableIopf = true)
    {
        Services = new ServiceCollection().AddIopfModel(options => options.Patches = patches).AddPromises().BuildServiceProvider();
        Host = new ModeledHost(MachineSpec.OneDevice, Services);
        Watch = new PromiseWatch(Host);
        Vmm = Host.Processes["vmm"];
        UserRange memory = UserRange.OfPages(new UserAddress(FirstVaddr), Pages);
        Vmm.Mm!.Mmap(memory, MemoryAccess.Read | MemoryAccess.Write);
        File = Host.Vfio.OpenContainer();
        Host.Vfio.OpenGroup(1).Value.SetContainer(Vmm, File);
        File.SetIommu(Vmm, VfioExtension.Type1V2);
        if (enableIopf)
        {
            File.Ioctl(Vmm, VfioIoctl.IommuEnableIopf, new UserArgument(0));
        }

        byte[] map = new byte[VfioMapDma.Size];
        new VfioMapDma(VfioMapDma.Size, VfioMapDmaBits.Read | VfioMapDmaBits.Write, FirstVaddr, FirstIova, memory.Length).Write(map);
        File.Ioctl(Vmm, VfioIoctl.IommuMapDma, new UserArgument(map, []));
    }

    public ServiceProvider Services { get; }

    public ModeledHost Host { get; }

    public PromiseWatch Watch { get; }

    public Process Vmm { get; }

    public VfioContainer File { get; }

    public Type1Container Container => Host.Type1.Open[0];

    public DmaMapping Mapping => Container.Mappings.Find(PageAt(0))!;

    public IommuDomain Domain => Container.FirstDomain!.Domain;

    public Device Device => Host.Devices["nic0"].Device;

    public static Iova PageAt(ulong page) => new(FirstIova + (page << Page.Shift));

    public DmaState Write(ulong page) => Host.Devices["nic0"].Engine!.Write(PageAt(page), new byte[] { 1, 2, 3 });

    /// <summary>What the promises say after an operation, as "id: detail".</summary>
    public string[] Violations(bool hasFailed = false)
    {
        Watch.End("test", hasFailed);
        return [.. Watch.Violations.Select(violation => $"{violation.Invariant}: {violation.Detail}")];
    }

    /// <summary>Replaces whoever handles the device's faults.</summary>
    public void HandleFaultsWith(Func<Device, IommuFault, Errno> handle)
    {
        DeviceFaultHandlers handlers = Services.GetRequiredService<DeviceFaultHandlers>();
        handlers.Unregister(Device);
        Assert.Equal(Errno.None, handlers.Register(Device, new Handler(handle), FaultReportCapabilities.Flat));
    }

    public void Answer(IommuFault fault, PageResponseCode code) =>
        Services.GetRequiredService<PageResponder>().Respond(Device, new PageResponse(fault.GroupId, fault.Pasid, code));

    public void Dispose() => Host.Dispose();

    private sealed class Handler(Func<Device, IommuFault, Errno> handle) : IDeviceFaultHandler
    {
        public Errno Handle(Device device, IommuFault fault) => handle(device, fault);
    }
}
