using Iopf.ArmSmmuV3.Driver;
using Iopf.ArmSmmuV3.Hardware;
using Iopf.Iommu;
using Iopf.Kernel;
using Iopf.Mm;
using Iopf.Settings;
using Iopf.Vfio;
using Iopf.VfioType1;
using Microsoft.Extensions.DependencyInjection;

namespace Iopf.Machine;

/// <summary>One host, composed: memory, SMMUs, devices in their groups, processes, and the kernel that serves them.</summary>
public sealed class ModeledHost : IDisposable
{
    private readonly IServiceProvider _services;
    private readonly IServiceScope? _scope;
    private PromiseWatch? _watch;
    private readonly ArmSmmuDriver _driver;
    private readonly Bus _bus;
    private readonly HostView _view;
    private readonly Dictionary<string, (SmmuHardware Hardware, ArmSmmuDevice Device)> _smmus = [];
    private readonly Dictionary<string, HostDevice> _devices = [];
    private readonly Dictionary<string, EventTap> _events = [];
    private readonly Dictionary<string, Process> _processes = [];
    private readonly Dictionary<int, IommuGroup> _groups = [];
    private readonly Dictionary<Device, IommuGroup> _groupOf = [];

    /// <summary>Builds a host.</summary>
    /// <param name="spec">What it is made of.</param>
    /// <param name="services">The kernel with its patches, such as a scope of a container with <c>AddIopfModel</c>; they belong to the caller, and to one host.</param>
    /// <exception cref="InputException">A device cannot be what the specification says.</exception>
    /// <exception cref="InvalidOperationException">The services already belong to another host.</exception>
    public ModeledHost(MachineSpec spec, IServiceProvider services)
    {
        ArgumentNullException.ThrowIfNull(spec);
        ArgumentNullException.ThrowIfNull(services);
        _services = services;
        Kernel = services.GetRequiredService<HostKernel>();
        Memory = services.GetRequiredService<PhysicalMemory>();
        Vfio = services.GetRequiredService<VfioCore>();
        VendorDrivers = services.GetRequiredService<VendorDriverApi>();
        NestedFaults = services.GetRequiredService<INestedFaultRegistration>();
        Type1 = services.GetRequiredService<Type1Containers>();
        _view = services.GetRequiredService<HostView>();
        _view.Claim();
        Checkers = [.. services.GetServices<IInvariantChecker>()];
        _driver = services.GetRequiredService<ArmSmmuDriver>();
        _view.Bonds = _driver.Bonds;
        _bus = new Bus("pci") { Iommu = _driver };
        foreach (SmmuSpec smmu in spec.Smmus)
        {
            AddSmmu(smmu);
        }

        foreach (DeviceSpec device in spec.Devices)
        {
            AddDevice(device);
        }

        AddMediated(spec.Mediated);
        foreach (ProcessSpec process in spec.Processes)
        {
            Add(new Process(Kernel, Memory, process.Name) { MemlockLimitBytes = process.MemlockBytes, HasIpcLock = process.HasIpcLock });
        }
    }

    /// <summary>Builds a host on services of its own.</summary>
    /// <param name="spec">What it is made of.</param>
    /// <param name="scope">The services; disposed of with the host.</param>
    internal ModeledHost(MachineSpec spec, IServiceScope scope)
        : this(spec, scope.ServiceProvider) => _scope = scope;

    /// <summary>The patches and the errata that this host has.</summary>
    public IopfOptions Options => _services.GetRequiredService<IopfOptions>().Copy();

    /// <summary>What happened so far, in numbers.</summary>
    public Tally Counters => Kernel.Tally;

    /// <summary>The violations of the invariants so far, each once; what can be checked at any time is checked now.</summary>
    /// <value>Empty for a host that is not watched.</value>
    public IReadOnlyList<Violation> Violations
    {
        get
        {
            _watch ??= new PromiseWatch(this);
            _watch.End("the host as it is", hasFailed: false);
            return _watch.Violations;
        }
    }

    /// <summary>The containers that type1 serves now.</summary>
    public Type1Containers Type1 { get; }

    /// <summary>The kernel's services.</summary>
    public HostKernel Kernel { get; }

    /// <summary>Host RAM.</summary>
    public PhysicalMemory Memory { get; }

    /// <summary>The VFIO core.</summary>
    public VfioCore Vfio { get; }

    /// <summary>What vendor drivers call.</summary>
    public VendorDriverApi VendorDrivers { get; }

    /// <summary>Where bus drivers ask for stage-1 faults.</summary>
    public INestedFaultRegistration NestedFaults { get; }

    /// <summary>Who watches the model's promises.</summary>
    public IReadOnlyList<IInvariantChecker> Checkers { get; }

    /// <summary>The devices of both kinds.</summary>
    public IReadOnlyDictionary<string, HostDevice> Devices => _devices;

    /// <summary>The processes, those that ended among them.</summary>
    public IReadOnlyDictionary<string, Process> Processes => _processes;

    /// <summary>The address spaces shared with devices.</summary>
    public SvaBonds SvaBonds => _driver.Bonds;

    /// <summary>Pages accounted as locked, all processes together.</summary>
    public long LockedVm => _processes.Values.Sum(process => process.Mm?.LockedVm ?? 0);

    /// <summary>The events of the SMMU in front of a device.</summary>
    /// <param name="device">The device's name.</param>
    /// <returns>A tap on its event queue.</returns>
    public EventTap EventsOf(string device) => _events[device];

    /// <summary>What vendor drivers pinned for their groups.</summary>
    public IPinScopeView PinScopes => _services.GetRequiredService<IPinScopeView>();

    /// <summary>Where IOMMU drivers report faults.</summary>
    public DeviceFaultReporter FaultReporter => _services.GetRequiredService<DeviceFaultReporter>();

    /// <summary>Adds a device to its IOMMU group, or takes it out (hot-plug).</summary>
    /// <param name="name">The device's name.</param>
    /// <param name="isPresent">Whether it is there from now on.</param>
    /// <returns>EBUSY if it is already so.</returns>
    public Errno Plug(string name, bool isPresent)
    {
        Device device = _devices[name].Device;
        if (device.Group is not null == isPresent)
        {
            return Errno.EBUSY;
        }

        if (isPresent)
        {
            _groupOf[device].Add(device);
        }
        else
        {
            device.Group!.Remove(device);
        }

        return Errno.None;
    }

    /// <summary>Takes a process in, such as the child of a fork.</summary>
    /// <param name="process">The process.</param>
    public void Add(Process process)
    {
        ArgumentNullException.ThrowIfNull(process);
        _processes.Add(process.Name, process);
        _view.Add(process);
    }

    /// <summary>Prints a part of the SMMUs' state.</summary>
    /// <param name="part">Which.</param>
    /// <returns>The lines.</returns>
    public IEnumerable<string> Dump(SmmuDumpPart part) =>
        _smmus.Values.SelectMany(smmu => new SmmuDump(smmu.Hardware, Memory).Lines(part, StreamsOf(smmu.Hardware)));

    /// <summary>Reads the translation tables of every device behind an SMMU.</summary>
    /// <returns>The tables, device by device.</returns>
    public IEnumerable<StreamTables> ReadTables() => _smmus.Values.SelectMany(
        smmu => StreamsOf(smmu.Hardware).Select(stream => new SmmuDump(smmu.Hardware, Memory).TablesOf(stream.Key, stream.Value)));

    /// <inheritdoc/>
    public void Dispose() => _scope?.Dispose();

    private List<KeyValuePair<string, uint>> StreamsOf(SmmuHardware smmu)
    {
        List<KeyValuePair<string, uint>> streams = [];
        foreach (Device device in _view.Devices)
        {
            if (_view.TryFind(device, out SmmuHardware? its, out uint streamId) && its == smmu)
            {
                streams.Add(new KeyValuePair<string, uint>(device.Name, streamId));
            }
        }

        return streams;
    }

    private void AddSmmu(SmmuSpec spec)
    {
        SmmuHardwareOptions options = new()
        {
            StallModel = spec.StallModel,
            ReportsEventClass = spec.ReportsEventClass,
            EventQueueLog2Size = spec.EventQueueLog2Size,
        };
        SmmuHardware hardware = new(Kernel, Memory, options, spec.Name);
        Result<ArmSmmuDevice> device = _driver.AddSmmu(hardware, spec.Name);
        Refuse(device.Error, $"SMMU {spec.Name}");
        device.Value.Quirks = spec.Quirks;
        _smmus.Add(spec.Name, (hardware, device.Value));
        _view.Add(hardware);
    }

    private void AddDevice(DeviceSpec spec)
    {
        Device device = new(Kernel, spec.Name, _bus);
        (SmmuHardware hardware, ArmSmmuDevice smmu) = _smmus[spec.Smmu];
        SmmuMasterDescription description = new(spec.StreamId, spec.CanStall, spec.PasidBits)
        {
            ReservedRegions = [.. spec.Reserved.Select(range => new ReservedRegion(range, ReservedRegionType.Reserved))],
        };
        description = spec.MsiWindow is Iova window ? description with { MsiWindow = window } : description;
        Refuse(_driver.Probe(device, smmu, description), $"device {spec.Name}");
        device.IsBoundToVfio = spec.Driver == BoundDriver.Vfio;
        device.ToleratesFaults = spec.ToleratesFaults;
        IommuGroup group = GroupOf(spec.Group);
        _groupOf.Add(device, group);
        if (spec.IsPresent)
        {
            group.Add(device);
        }

        _events.Add(spec.Name, new EventTap(hardware, Memory));
        DeviceEngine engine = new(Kernel, Memory, hardware, spec.StreamId, spec.Name);
        _view.Add(device, hardware, spec.StreamId, engine);
        if (spec.Driver != BoundDriver.Vfio)
        {
            Vfio.Bindings.Set(device, spec.Driver == BoundDriver.Host ? DeviceBinding.ForeignDriver : DeviceBinding.Driverless);
            _devices.Add(spec.Name, new HostDevice(device, engine, null, null));
            return;
        }

        VfioPci? pci = spec.CanTransfer ? new VfioPci(Kernel, device, _services.GetRequiredService<PageResponder>()) : null;
        IVfioDeviceOps ops = pci is null ? new PlainVfioDriver() : pci;
        _devices.Add(spec.Name, new HostDevice(device, engine, pci, spec.IsPresent ? Vfio.RegisterDevice(device, ops).Value : null));
    }

    private void AddMediated(IReadOnlyList<MediatedSpec> specs)
    {
        Bus bus = new("mdev");
        foreach (MediatedSpec spec in specs)
        {
            Device device = new(Kernel, spec.Name, bus);
            device.BackingDevice = spec.IommuDevice is { } backing ? _devices[backing].Device : null;
            IommuGroup group = new(Kernel, spec.Group, defaultDomain: null);
            group.Add(device);
            _devices.Add(spec.Name, new HostDevice(device, null, null, Vfio.RegisterDevice(device, new PlainVfioDriver()).Value));
        }
    }

    private IommuGroup GroupOf(int id)
    {
        if (!_groups.TryGetValue(id, out IommuGroup? group))
        {
            group = new IommuGroup(Kernel, id, _driver.AllocateDomain(DomainType.Dma).Value);
            _groups.Add(id, group);
        }

        return group;
    }

    private static void Refuse(Errno error, string what)
    {
        if (error != Errno.None)
        {
            throw new InputException($"{what}: the SMMU's driver answers {error.ToCName()}");
        }
    }
}
