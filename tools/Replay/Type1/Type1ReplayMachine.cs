using Iopf.ArmSmmuV3.Hardware;
using Iopf.Kernel;
using Iopf.Machine;
using Iopf.Mm;
using Iopf.Patches;
using Iopf.Vfio;
using Microsoft.Extensions.DependencyInjection;

namespace Iopf.Replay;

/// <summary>A host like the one a type1 recording was made on: one SMMU, one device in a group of its own, no patch.</summary>
internal sealed class Type1ReplayMachine : IType1Replayer
{
    private const string Device = "edu";
    private const uint StreamId = 8;
    private const int GroupId = 1;
    private readonly RecordingHeader _header;
    private readonly ModeledHost _host;
    private readonly PromiseWatch _promises;
    private readonly Process _recorder;
    private Process _caller;
    private ReplayContainer? _files;

    /// <summary>Makes the machine.</summary>
    /// <param name="header">The header of the recording.</param>
    /// <param name="services">Changes the services of the host; null to leave them.</param>
    public Type1ReplayMachine(RecordingHeader header, Action<IServiceCollection>? services = null)
    {
        _header = header;

        // QEMU before 8 has no stall model and leaves the class of an event zero.
        bool isQemu = header.Iommu.Contains("QEMU", StringComparison.Ordinal);
        SmmuSpec smmu = new("smmu0", isQemu ? StallModel.TerminateOnly : StallModel.StallOrTerminate) { ReportsEventClass = !isQemu };
        DeviceSpec device = new(Device, smmu.Name, StreamId, GroupId, CanStall: !isQemu, PasidBits: 0, BoundDriver.Vfio, CanTransfer: false);
        ProcessSpec process = new("recorder", MemlockBytes: 64 << 20, HasIpcLock: true);
        Dictionary<string, string> settings = new() { ["Type1:UpdateVaddrNeedsContainer"] = IsSince(header.Kernel, 6, 1) ? "true" : "false" };
        _host = new ModeledHostFactory(PatchSet.None, settings) { Services = services }.Create(new MachineSpec([smmu], [device], [], [process]));
        _promises = new PromiseWatch(_host);
        _recorder = _caller = _host.Processes[process.Name];
        ReplayArena.Create(_recorder, header.Arena);
    }

    public IReadOnlyList<Violation> Violations => _promises.Violations;

    private ReplayContainer Files => _files ??= new ReplayContainer(_host, GroupId, Device);

    public RecordedAnswer Answer(RecordedOperation operation)
    {
        _promises.Begin();
        RecordedAnswer answer = Perform(operation);
        _promises.End($"line {operation.Line} {operation.Op}", answer.IsError);
        return answer;
    }

    private RecordedAnswer Perform(RecordedOperation operation)
    {
        using (_host.Kernel.Scheduler.Enter(_caller.Thread))
        {
            return operation switch
            {
                SectionMark => BeginSection(),
                MemoryLockLimit limit => BeginLimitedChild(limit),
                CheckExtensionCall call => Files.CheckExtension(_caller, call.Extension),
                SetIommuCall call => Files.SetIommu(_caller, call.IommuType),
                IovaRangeQuery query => Files.IovaRange(_caller, query.Index),
                MapCall call => Files.Map(_caller, RequestOf(call)),
                UnmapCall call => Files.Unmap(_caller, call.Flags, call.Iova, call.Size),
                DirtyCall call => Files.Dirty(_caller, call),
                DmaCall call => Dma(call),
                _ => Plain(operation),
            };
        }
    }

    private static bool IsSince(string kernel, int major, int minor)
    {
        string[] words = kernel.Split(' ');
        return words.Length > 1 && Version.TryParse(words[1].Split('-')[0], out Version? version) && version >= new Version(major, minor);
    }

    private static VfioMapDma RequestOf(MapCall call) =>
        new(VfioMapDma.Size, (VfioMapDmaBits)call.Flags, ReplayArena.At(call.ArenaOffset).Value, call.Iova, call.Size);

    private RecordedAnswer Plain(RecordedOperation operation)
    {
        switch (operation.Op)
        {
            case "api_version":
                // Each run of the sequence begins with it, in a fresh container.
                _files?.Close();
                _files = null;
                return Files.ApiVersion(_caller);
            case "group_status":
                return Files.GroupStatus(_caller);
            case "group_set_container" or "group_set_container_again":
                return Files.SetContainer(_caller);
            case "get_device_fd":
                return Files.OpenDevice();
            case "get_info":
                return Files.Info(_caller);
            case "migration_cap":
                return Files.Migration(_caller);
            case "dma_avail":
                return Files.MappingsAvailable(_caller);
            case "ioctl_118":
                return Files.Plain(_caller, VfioIoctl.IommuEnableIopf);
            case "map_short_argsz":
                return Files.Map(_caller, new VfioMapDma(8, VfioMapDmaBits.Read, ReplayArena.At(0).Value, 0, Page.Size));
            default:
                throw new InputException($"line {operation.Line}: operation '{operation.Op}' cannot be replayed");
        }
    }

    /// <summary>The child of a memory-lock section takes its mappings with it.</summary>
    private RecordedAnswer BeginSection()
    {
        if (_caller != _recorder)
        {
            Files.Unmap(_caller, (uint)VfioUnmapDmaBits.All, 0, 0);
            Process child = _caller;
            _caller = _recorder;
            child.Exit();
        }

        return RecordedAnswer.Nothing;
    }

    private RecordedAnswer BeginLimitedChild(MemoryLockLimit limit)
    {
        _caller = _recorder.Fork("limited").Value;
        _caller.HasIpcLock = false;
        _caller.MemlockLimitBytes = limit.Bytes;
        return RecordedAnswer.Nothing;
    }

    private RecordedAnswer Dma(DmaCall call)
    {
        EventTap tap = _host.EventsOf(Device);
        ulong position = tap.Position();
        byte[] bytes = new byte[call.Length];
        if (call.IsWrite)
        {
            bytes.AsSpan().Fill((byte)(0xa5 ^ call.Line));
        }

        DeviceEngine engine = _host.Devices[Device].Engine!;
        _ = call.IsWrite ? engine.Write(new Iova(call.Iova), bytes) : engine.Read(new Iova(call.Iova), bytes);
        string data = Outcome(call, bytes);
        long events = (long)(tap.Position() - position);
        return tap.RecordAt(position) is { } record
            ? RecordedAnswer.OfDma(data, events, record.Word0, record.Word1, record.Word2, record.Word3)
            : RecordedAnswer.OfDma(data, events);
    }

    /// <summary>Compares the device's bytes with the memory behind the mapping.</summary>
    private string Outcome(DmaCall call, byte[] bytes)
    {
        if (_host.Type1.Open.Count == 0 || _host.Type1.Open[^1].Mappings.Find(new Iova(call.Iova)) is not { } mapping)
        {
            return "n/a";
        }

        byte[] memory = new byte[call.Length];
        bool isSame = mapping.Mm.Read(mapping.VaddrOf(new Iova(call.Iova)), memory) == Errno.None && memory.AsSpan().SequenceEqual(bytes);
        return call.IsWrite ? (isSame ? "written" : "unchanged") : isSame ? "read" : "not-read";
    }
}
