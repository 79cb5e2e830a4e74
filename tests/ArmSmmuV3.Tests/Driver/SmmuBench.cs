using Iopf.ArmSmmuV3.Driver;
using Iopf.ArmSmmuV3.Hardware;
using Iopf.Iommu;
using Iopf.Kernel;
using Iopf.Mm;
using Microsoft.Extensions.DependencyInjection;

namespace Iopf.ArmSmmuV3.Tests.Driver;

/// <summary>A host with one real SMMU and its real driver; devices are added as a test needs them.</summary>
internal sealed class SmmuBench
{
    public const uint StreamId = 0x42;

    private readonly ServiceProvider _services;
    private int _groups;

    public SmmuBench(Action<IServiceCollection>? patches = null, Action<SmmuHardwareOptions>? options = null)
    {
        Kernel = new HostKernel();
        Memory = new PhysicalMemory(Kernel);
        ServiceCollection services = new();
        services.AddSingleton(Kernel).AddSingleton(Memory).AddIommu().AddArmSmmuV3();
        patches?.Invoke(services);
        _services = services.BuildServiceProvider();
        Driver = Get<ArmSmmuDriver>();
        (Hardware, Smmu) = AddSmmu("smmu0", options);
        Bus = new Bus("platform") { Iommu = Driver };
    }

    public HostKernel Kernel { get; }

    public PhysicalMemory Memory { get; }

    public SmmuHardware Hardware { get; }

    public ArmSmmuDriver Driver { get; }

    public ArmSmmuDevice Smmu { get; }

    public Bus Bus { get; }

    public BusMaster Engine { get; } = new();

    public DeviceFaultHandlers Handlers => Get<DeviceFaultHandlers>();

    public PageResponder Responder => Get<PageResponder>();

    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    public (SmmuHardware Hardware, ArmSmmuDevice Smmu) AddSmmu(string name, Action<SmmuHardwareOptions>? options = null)
    {
        SmmuHardwareOptions chosen = new();
        options?.Invoke(chosen);
        SmmuHardware hardware = new(Kernel, Memory, chosen, name);
        return (hardware, Driver.AddSmmu(hardware, name).Value);
    }

    /// <summary>A probed device, alone in a group whose default domain is a DMA domain of its own.</summary>
    public Device AddDevice(SmmuMasterDescription description, ArmSmmuDevice? smmu = null, bool hasDefaultDomain = false)
    {
        Device device = new(Kernel, $"dev{_groups}", Bus);
        Assert.Equal(Errno.None, Driver.Probe(device, smmu ?? Smmu, description));
        IommuDomain? defaultDomain = hasDefaultDomain ? Driver.AllocateDomain(DomainType.Dma).Value : null;
        IommuGroup group = new(Kernel, _groups++, defaultDomain);
        group.Add(device);
        return device;
    }

    public Device AddStallingDevice(uint streamId = StreamId, int pasidBits = 0) =>
        AddDevice(new SmmuMasterDescription(streamId, dmaCanStall: true, pasidBits));

    public ArmSmmuDomain NewDomain(bool nesting = false)
    {
        ArmSmmuDomain domain = (ArmSmmuDomain)Driver.AllocateDomain(DomainType.Unmanaged).Value;
        if (nesting)
        {
            Assert.Equal(Errno.None, domain.EnableNesting());
        }

        return domain;
    }

    public ArmSmmuDomain Attach(Device device, bool nesting = false)
    {
        ArmSmmuDomain domain = NewDomain(nesting);
        Assert.Equal(Errno.None, device.Group!.Attach(domain));
        return domain;
    }

    public RecordingHandler Handle(
        Device device,
        Errno result = Errno.None,
        FaultReportCapabilities capabilities = FaultReportCapabilities.Flat)
    {
        RecordingHandler handler = new(result);
        Assert.Equal(Errno.None, Handlers.Register(device, handler, capabilities));
        return handler;
    }

    public ulong NewPage() => Memory.Allocate(FrameUse.Anonymous).Value.Address;

    public DmaOutcome Dma(ulong address, bool write = false, uint streamId = StreamId, uint? pasid = null, int transaction = 1) =>
        Dma(address, out _, write, streamId, pasid, transaction);

    public DmaOutcome Dma(
        ulong address,
        out ulong physical,
        bool write = false,
        uint streamId = StreamId,
        uint? pasid = null,
        int transaction = 1) =>
        Hardware.Translate(new DmaRequest(streamId, pasid, new Iova(address), write), Engine, transaction, out physical);

    /// <summary>Gives the interrupt threads and workers the floor.</summary>
    public void Run() => Kernel.Scheduler.RunReady();

    public StreamTableEntry EntryOf(uint streamId) => StreamTableEntry.Read(Memory, Smmu.Streams.EntryAddress(streamId));

    public ContextDescriptor DescriptorOf(ArmSmmuDomain domain, uint ssid = 0) =>
        ContextDescriptor.Read(Memory, domain.Stage1!.Table.EntryAddress(ssid));

    /// <summary>The number of commands ever written to the queue, modulo the queue's length.</summary>
    public uint CommandMark() => (uint)Hardware.ReadRegister(SmmuRegister.CMDQ_PROD) & CommandSlotMask;

    /// <summary>The commands written since a mark; fewer than a queue's length.</summary>
    public List<SmmuCommand> CommandsSince(uint mark)
    {
        ulong queue = Hardware.ReadRegister(SmmuRegister.CMDQ_BASE) & 0x000f_ffff_ffff_ffe0;
        List<SmmuCommand> commands = [];
        for (uint slot = mark; slot != CommandMark(); slot = (slot + 1) & CommandSlotMask)
        {
            ulong address = queue + slot * SmmuCommand.SizeBytes;
            commands.Add(new SmmuCommand(Memory.ReadWord(address), Memory.ReadWord(address + 8)));
        }

        return commands;
    }

    private uint CommandSlotMask => (1u << (int)(Hardware.ReadRegister(SmmuRegister.CMDQ_BASE) & 0x1f)) - 1;
}
