using Iopf.ArmSmmuV3.Driver;
using Iopf.ArmSmmuV3.Hardware;
using Iopf.Iommu;
using Iopf.Kernel;
using Iopf.Mm;
using Iopf.Patches;
using Iopf.Vfio;
using Iopf.VfioType1;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Iopf.Replay.Posted;

/// <summary>The machine the posted patches were recorded on: the model with every erratum on, in the recorder's surroundings.</summary>
internal sealed class PostedMachine : IDisposable
{
    private readonly ServiceProvider _services;
    private readonly Type1Containers _containers;
    private readonly Dictionary<string, RecordedIommu> _buses = [];
    private readonly Dictionary<string, Bus> _busOf = [];
    private readonly Dictionary<int, IommuGroup> _groups = [];
    private readonly Dictionary<string, Device> _devices = [];
    private readonly ArmSmmuDriver _smmuDriver;
    private ArmSmmuDevice? _smmu;
    private int _lastDomain;

    public PostedMachine(PatchSet patches, int premapLength)
    {
        ServiceCollection services = new();
        services.AddSingleton(Knobs);
        services.AddSingleton(Calls);
        services.AddScoped<RecordedMemory>();
        services.AddScoped<PhysicalMemory>(provider => provider.GetRequiredService<RecordedMemory>());
        services.AddScoped<RecordedResponder>();
        services.AddScoped<PageResponder>(provider => provider.GetRequiredService<RecordedResponder>());
        ModelComposition.Add(services, patches, ErrataSet.All);
        services.Replace(ServiceDescriptor.Scoped<IGuestFaultDelivery, RecordedGuest>());
        if (patches.Contains(4))
        {
            services.Replace(ServiceDescriptor.Scoped<IFaultWindow, RecordedWindow>());
        }

        Knobs.PremapLength = premapLength;
        _services = services.BuildServiceProvider();
        Kernel = _services.GetRequiredService<HostKernel>();
        Memory = _services.GetRequiredService<RecordedMemory>();
        Handlers = _services.GetRequiredService<DeviceFaultHandlers>();
        Scopes = _services.GetRequiredService<IPinScopeView>();
        _containers = _services.GetRequiredService<Type1Containers>();
        Reporter = _services.GetRequiredService<DeviceFaultReporter>();
        Responder = _services.GetRequiredService<RecordedResponder>();
        Type1Options = _services.GetRequiredService<IOptions<Type1Options>>().Value;
        Vendor = new RecordedVendor(Knobs, Calls);
        _smmuDriver = _services.GetRequiredService<ArmSmmuDriver>();
        Kernel.FailsAllocation = FailsAllocation;
        Kernel.Warned = Calls.Warn;
        AddProcess();
    }

    public RecordedKnobs Knobs { get; } = new();

    public RecordedCalls Calls { get; } = new();

    public HostKernel Kernel { get; }

    public RecordedMemory Memory { get; }

    public DeviceFaultHandlers Handlers { get; }

    public IPinScopeView Scopes { get; }

    public DeviceFaultReporter Reporter { get; }

    public RecordedResponder Responder { get; }

    public RecordedVendor Vendor { get; }

    public Type1Options Type1Options { get; }

    public List<RecordedProcess> Processes { get; } = [];

    /// <summary>The container; null until it is opened.</summary>
    public Type1Container? Container { get; private set; }

    /// <summary>The backend of the container.</summary>
    public IVfioIommu? Backend { get; private set; }

    /// <summary>The devices, in the order they were declared.</summary>
    public IEnumerable<Device> Devices => _devices.Values;

    /// <summary>The groups whose container can be looked up when their devices fault.</summary>
    public IEnumerable<(Type1Container Container, IommuGroup Group)> LinkedGroups => _services.GetRequiredService<FaultDirectory>().Linked;

    /// <summary>How many structures the driver would have to free and never will.</summary>
    public int LiveObjects =>
        _containers.LeakedRanges
        + _containers.LeakedPins
        + LinkedGroups.Sum(linked => 1 + Scopes.RangesOf(linked.Group).Count)
        + _devices.Values.Sum(device => device.Iommu is { } iommu ? iommu.PendingFaultCount + (iommu.HasFaultHandler ? 1 : 0) : 0);

    /// <summary>A group that was declared.</summary>
    /// <param name="id">Its number.</param>
    /// <returns>The group; <see langword="null"/> if there is none.</returns>
    public IommuGroup? Group(ulong id) => _groups.GetValueOrDefault((int)Math.Min(id, int.MaxValue));

    /// <summary>A device that was declared.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>The device; <see langword="null"/> if there is none.</returns>
    public Device? Device(string name) => _devices.GetValueOrDefault(name);

    public void Dispose() => _services.Dispose();

    /// <summary>Adds a process with memory of its own.</summary>
    public void AddProcess()
    {
        string name = $"process {Processes.Count + 1}";
        RecordedAddressSpace space = new(Kernel, Memory, Knobs, Calls, name);
        ulong limit = Processes.Count > 0 ? Processes[0].MemlockLimitBytes : 0;
        Processes.Add(new RecordedProcess(Kernel, Memory, Knobs, name, space) { MemlockLimitBytes = limit });
    }

    /// <summary>Opens the container.</summary>
    /// <param name="type">The backend's interface.</param>
    /// <returns>The backend's answer.</returns>
    public Errno Open(uint type)
    {
        Result<IVfioIommu> opened = _services.GetServices<IVfioIommuBackend>().First().Open(type);
        if (opened.IsSuccess)
        {
            Backend = Vendor.Backend = opened.Value;
            Container = _services.GetRequiredService<Type1Containers>().Open[^1];
        }

        return opened.Error;
    }

    /// <summary>Declares a group with its devices.</summary>
    /// <param name="id">Its number.</param>
    /// <param name="devices">How many devices.</param>
    /// <param name="bus">A, B, or mdev for mediated devices.</param>
    public void AddGroup(int id, int devices, string bus)
    {
        bool isMediated = bus == "mdev";
        IommuGroup group = new(Kernel, id, isMediated ? null : BusOf(bus).Iommu!.AllocateDomain(DomainType.Dma).Value);
        _groups.Add(id, group);
        for (int number = 1; number <= devices; number++)
        {
            Device device = new(Kernel, $"g{id}d{number}", BusOf(bus));
            _devices.Add(device.Name, device);
            if (!isMediated)
            {
                Probe(device, (uint)((id * 16) + number));
            }

            group.Add(device);
        }
    }

    /// <summary>Gives a group that is about to be attached the reserved range of the moment.</summary>
    public void Reserve(IommuGroup group)
    {
        if (_buses.TryGetValue(group.Devices[0].Bus.Name, out RecordedIommu? iommu))
        {
            iommu.Reserve(group);
        }
    }

    /// <summary>Has the SMMU's driver handle a raw event record.</summary>
    public Errno HandleEvent(in EventRecord record)
    {
        long refusals = Kernel.Tally.ResponsesFailure;
        Errno error = Smmu.HandleEvent(in record);
        if (Kernel.Tally.ResponsesFailure > refusals)
        {
            using (Smmu.StreamsMutex.Hold())
            {
                Calls.Add("driver_resp", Smmu.FindMaster(record.StreamId)!.Device.Name, (int)record.StallTag, "FAILURE");
            }
        }

        return error;
    }

    private ArmSmmuDevice Smmu => _smmu ??= _smmuDriver.AddSmmu(
        new SmmuHardware(Kernel, Memory, new SmmuHardwareOptions { StallModel = StallModel.StallOrTerminate }, "smmu0"), "smmu0").Value;

    private Bus BusOf(string name)
    {
        if (!_busOf.TryGetValue(name, out Bus? bus))
        {
            _busOf.Add(name, bus = new Bus(name));
            if (name != "mdev")
            {
                _buses.Add(name, new RecordedIommu(Kernel, Knobs, Calls, () => ++_lastDomain));
                bus.Iommu = _buses[name];
            }
        }

        return bus;
    }

    /// <summary>The SMMU's driver knows the device by its stream ID; everything else about it is the recorder's IOMMU.</summary>
    private void Probe(Device device, uint streamId)
    {
        _smmuDriver.Probe(device, Smmu, new SmmuMasterDescription(streamId, true, 0));
        device.Iommu = new DeviceIommu(Kernel, device, device.Bus.Iommu!) { Master = device.Iommu!.Master };
    }

    private bool FailsAllocation(string function)
    {
        if (Knobs.FailingFunction != function || --Knobs.FailingAllocation > 0)
        {
            return false;
        }

        Knobs.FailingFunction = null;
        Calls.Add("alloc_fail", function);
        return true;
    }
}
