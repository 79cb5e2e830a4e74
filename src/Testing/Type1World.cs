using Iopf.Iommu;
using Iopf.Kernel;
using Iopf.Mm;
using Iopf.VfioType1;
using Microsoft.Extensions.DependencyInjection;

namespace Iopf.Testing;

/// <summary>One container of the type1 backend with one group, one device, one domain, and a process whose memory is mapped for the device.</summary>
/// <remarks>
/// It is what the answer to a port is asked about. Page 0 is at iova 0x100000 and at process address 0x50000000; nothing is mapped at first.
/// </remarks>
public class Type1World
{
    /// <summary>Read and write.</summary>
    public const IommuProt ReadWrite = IommuProt.Read | IommuProt.Write;

    private const ulong FirstIova = 0x10_0000;
    private const ulong FirstVaddr = 0x5000_0000;
    private const ulong FirstFrame = 0x9000;

    private readonly IServiceProvider? _services;

    /// <summary>Makes a world of its own, with a single-threaded scheduler and no errata.</summary>
    public Type1World()
        : this(new HostKernel())
    {
    }

    /// <summary>Makes a world of the kernel and the memory that a container holds, so that answers from that container act on it.</summary>
    /// <param name="services">A container with <c>AddMm()</c>, which each patch's <c>AddXxx()</c> brings.</param>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> is null.</exception>
    /// <exception cref="InvalidOperationException">The container holds no kernel or no memory.</exception>
    public Type1World(IServiceProvider services)
        : this(services.GetRequiredService<HostKernel>(), services.GetRequiredService<PhysicalMemory>())
    {
        _services = services;
    }

    /// <summary>Makes a world in a kernel.</summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="memory">The host's memory; new memory of the kernel if <see langword="null"/>.</param>
    /// <exception cref="ArgumentNullException"><paramref name="kernel"/> is null.</exception>
    public Type1World(HostKernel kernel, PhysicalMemory? memory = null)
    {
        ArgumentNullException.ThrowIfNull(kernel);
        Kernel = kernel;
        Memory = memory ?? new PhysicalMemory(kernel);
        Owner = new Process(kernel, Memory, "vmm");
        Container = new Type1Container(kernel, 1, isV2: true, isNesting: false, mappingLimit: 100);
        Domain = new FakeIommuDomain(kernel);
        Device = FakeDevices.Behind(kernel, Domain);
        Group = new Type1Group(Device.Group!, isMediated: false);
        Container.Domains.Add(new Type1Domain(Domain, IommuProt.None) { Groups = { Group } });
    }

    /// <summary>Scheduler, clock, trace and counters.</summary>
    public HostKernel Kernel { get; }

    /// <summary>The host's memory.</summary>
    public PhysicalMemory Memory { get; }

    /// <summary>The process whose memory is mapped for the device.</summary>
    public Process Owner { get; }

    /// <summary>The container.</summary>
    public Type1Container Container { get; }

    /// <summary>The device's domain, the only one of the container at first.</summary>
    public FakeIommuDomain Domain { get; }

    /// <summary>The device.</summary>
    public Device Device { get; }

    /// <summary>The device's group.</summary>
    public Type1Group Group { get; }

    /// <summary>The iova of a page.</summary>
    /// <param name="page">Its number, from 0.</param>
    public static Iova IovaAt(ulong page) => new(FirstIova + (page << Page.Shift));

    /// <summary>The process address behind a page, in a mapping whose pages have the same numbers on both sides.</summary>
    /// <param name="page">Its number, from 0.</param>
    public static UserAddress VaddrAt(ulong page) => new(FirstVaddr + (page << Page.Shift));

    /// <summary>The iovas of pages.</summary>
    /// <param name="first">The number of the first page, from 0.</param>
    /// <param name="count">How many pages, at least 1.</param>
    public static IovaRange RangeAt(ulong first, ulong count) => IovaRange.OfPages(IovaAt(first), count);

    /// <summary>The mapped pages of a domain by number, ascending.</summary>
    /// <param name="domain">The domain.</param>
    /// <exception cref="ArgumentNullException"><paramref name="domain"/> is null.</exception>
    public static IEnumerable<ulong> PagesIn(FakeIommuDomain domain)
    {
        ArgumentNullException.ThrowIfNull(domain);
        return domain.MappedIovas.Select(static iova => (iova - FirstIova) >> Page.Shift);
    }

    /// <summary>Adds one more domain to the container, older than the others.</summary>
    /// <returns>The domain.</returns>
    public FakeIommuDomain AddDomain()
    {
        FakeIommuDomain domain = new(Kernel);
        Container.Domains.Add(new Type1Domain(domain, IommuProt.None));
        return domain;
    }

    /// <summary>Adds a mapping on demand: its pages are entered one fault at a time.</summary>
    /// <param name="firstPage">The number of its first page.</param>
    /// <param name="pageCount">How many pages.</param>
    /// <param name="prot">The access it grants.</param>
    /// <param name="firstVaddrPage">The number of the page of the process behind its first page; <paramref name="firstPage"/> if <see langword="null"/>.</param>
    /// <returns>The mapping.</returns>
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

    /// <summary>Maps pages in every domain, as an earlier fault did.</summary>
    /// <param name="mapping">The mapping they belong to.</param>
    /// <param name="firstPage">The number of the first page.</param>
    /// <param name="pageCount">How many pages.</param>
    /// <param name="prot">The access with which they are mapped.</param>
    /// <exception cref="InvariantViolationException">A domain refuses.</exception>
    public void MapPages(DmaMapping mapping, ulong firstPage, ulong pageCount, IommuProt prot = ReadWrite)
    {
        ArgumentNullException.ThrowIfNull(mapping);
        foreach (Type1Domain domain in Container.Domains)
        {
            Errno error = domain.Domain.Map(IovaAt(firstPage), (FirstFrame + firstPage) << Page.Shift, pageCount << Page.Shift, prot);
            Invariant.Hold(error == Errno.None, "a page that an earlier fault mapped is mapped in every domain");
        }

        mapping.MappedPages.Set(mapping.PageIndexOf(IovaAt(firstPage)), pageCount);
    }

    /// <summary>Gives the process memory behind pages, so that a fault can obtain them.</summary>
    /// <param name="firstPage">The number of the first page.</param>
    /// <param name="pageCount">How many pages.</param>
    /// <exception cref="InvariantViolationException">There is memory at these addresses already.</exception>
    public void AddMemory(ulong firstPage, ulong pageCount)
    {
        Errno error = Owner.Mm!.Mmap(UserRange.OfPages(VaddrAt(firstPage), pageCount), MemoryAccess.Read | MemoryAccess.Write);
        Invariant.Hold(error == Errno.None, "the world's pages have no memory before it is added");
    }

    /// <summary>Has type1 serve the device's faults, as <c>VFIO_IOMMU_ENABLE_IOPF</c> does: links the group, starts the service, registers the handler.</summary>
    /// <returns>This world.</returns>
    /// <exception cref="InvalidOperationException">The world was made without a container.</exception>
    /// <exception cref="InvariantViolationException">A step fails, such as when there is a handler already.</exception>
    public Type1World EnableFaults()
    {
        Errno error = Ask<IFaultingGroups>().Link(Container, Group, "vfio_iommu_type1_enable_iopf");
        error = error == Errno.None ? Ask<IHostFaultService>().Start(Device) : error;
        error = error == Errno.None ? Ask<IFaultRegistration>().Add(Device, FaultReportCapabilities.Flat) : error;
        Invariant.Hold(error == Errno.None, "type1 can serve the faults of a device that nobody else serves");
        return this;
    }

    /// <summary>Reports a fault of the device, as the IOMMU driver does, and runs every thread until it sleeps.</summary>
    /// <param name="fault">The fault; see <see cref="Faults"/>.</param>
    /// <returns><see cref="Errno.None"/> when somebody took the fault over; its response is in <see cref="FakeIommuDomain.Responses"/> then.</returns>
    /// <exception cref="InvalidOperationException">The world was made without a container.</exception>
    public Errno Report(IommuFault fault)
    {
        Errno error = Ask<DeviceFaultReporter>().Report(Device, in fault);
        Kernel.Scheduler.RunReady();
        return error;
    }

    private T Ask<T>()
        where T : notnull =>
        (_services ?? throw new InvalidOperationException("this world was made without a container: there is nothing to serve its faults")).GetRequiredService<T>();
}
