using Iopf.Iommu;
using Iopf.Kernel;
using Iopf.Mm;
using Iopf.TestKit.Iommu;
using Moq;

namespace Iopf.VfioType1.Tests.FaultHandling;

/// <summary>One container with one device, its domain, and a process whose memory is mapped on demand.</summary>
internal sealed class FaultWorld
{
    public const IommuProt ReadWrite = IommuProt.Read | IommuProt.Write;
    private const ulong FirstIova = 0x10_0000;
    private const ulong FirstVaddr = 0x5000_0000;
    private readonly DeviceFaultReporter _reporter;
    private uint _lastGroupId;

    public FaultWorld(ErrataSet errata = default)
    {
        Kernel = new HostKernel(new InlineScheduler(), new CostOptions(), errata);
        Memory = new PhysicalMemory(Kernel);
        Owner = new Process(Kernel, Memory, "vmm");
        Container = new Type1Container(Kernel, 1, isV2: true, isNesting: false, mappingLimit: 100);
        Domain = new FakeIommuDomain(Kernel);
        Device = FakeDevices.Behind(Kernel, Domain);
        Group = new Type1Group(Device.Group!, isMediated: false);
        Container.Domains.Add(new Type1Domain(Domain, IommuProt.None) { Groups = { Group } });
        Directory = new FaultDirectory(Kernel);
        Directory.Link(Container, Group, "test");

        Mock<IFaultReportFilter> filter = new();
        Mock<IFaultHandlerCapabilities> capabilities = new();
        Responder = new PageResponder(Kernel, []);
        Handlers = new DeviceFaultHandlers(capabilities.Object, Responder);
        _reporter = new DeviceFaultReporter(Kernel, filter.Object, []);
    }

    public HostKernel Kernel { get; }

    public PhysicalMemory Memory { get; }

    public Process Owner { get; }

    public Type1Container Container { get; }

    public FakeIommuDomain Domain { get; }

    public Device Device { get; }

    public Type1Group Group { get; }

    public FaultDirectory Directory { get; }

    public PageResponder Responder { get; }

    public DeviceFaultHandlers Handlers { get; }

    public FaultTarget Target => new(Container, Group);

    /// <summary>The code of the only answer so far.</summary>
    public PageResponseCode Answer => Assert.Single(Domain.Responses).Code;

    public static Iova IovaAt(ulong page) => new(FirstIova + (page << Page.Shift));

    public static UserAddress VaddrAt(ulong page) => new(FirstVaddr + (page << Page.Shift));

    public static IommuFault Request(ulong page, FaultPermissions access = FaultPermissions.Read, uint groupId = 1) =>
        IommuFault.PageRequest(FaultStage.Stage1, IovaAt(page), access, groupId);

    /// <summary>One more domain of the container, older than the device's.</summary>
    public FakeIommuDomain AddDomain()
    {
        FakeIommuDomain domain = new(Kernel);
        Container.Domains.Add(new Type1Domain(domain, IommuProt.None));
        return domain;
    }

    /// <summary>A mapping on demand whose pages have the same numbers in iova space and in the process.</summary>
    public DmaMapping AddMapping(ulong firstPage, ulong pageCount, IommuProt prot = ReadWrite, ulong? firstVaddrPage = null)
    {
        DmaMapping mapping = new(IovaAt(firstPage), VaddrAt(firstVaddrPage ?? firstPage), prot, Owner, Owner.Mm!, hasLockCap: false)
        {
            Size = pageCount << Page.Shift,
            IsOnDemand = true,
        };
        Container.Mappings.Add(mapping);
        return mapping;
    }

    /// <summary>Enters pages in every domain as an earlier fault did.</summary>
    public void MapPages(DmaMapping mapping, ulong firstPage, ulong pageCount, IommuProt prot = ReadWrite)
    {
        foreach (Type1Domain domain in Container.Domains)
        {
            Assert.Equal(Errno.None, domain.Domain.Map(IovaAt(firstPage), (0x9000 + firstPage) << Page.Shift, pageCount << Page.Shift, prot));
        }

        mapping.MappedPages.Set(mapping.PageIndexOf(IovaAt(firstPage)), pageCount);
    }

    /// <summary>Registers somebody who is told the device's faults.</summary>
    public void Register(IDeviceFaultHandler handler) =>
        Assert.Equal(Errno.None, Handlers.Register(Device, handler, FaultReportCapabilities.Flat));

    /// <summary>Reports a fault as the IOMMU driver does, so that it may be answered.</summary>
    public Errno Report(in IommuFault fault) => _reporter.Report(Device, in fault);

    public uint NextGroupId() => ++_lastGroupId;

    /// <summary>The mapped pages by number.</summary>
    public static IEnumerable<ulong> PagesIn(FakeIommuDomain domain) => domain.MappedIovas.Select(iova => (iova - FirstIova) >> Page.Shift);
}
