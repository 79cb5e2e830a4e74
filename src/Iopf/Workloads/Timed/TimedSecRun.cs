using System.Globalization;
using Iopf.ArmSmmuV3.Hardware;
using Iopf.Kernel;
using Iopf.Machine;
using Iopf.Patches;

namespace Iopf.Workloads;

/// <summary>Runs the test with time lines: the model serves the faults, and threads, locks and engines wait for each other.</summary>
public sealed class TimedSecRun
{
    private readonly HostFactory _hosts;
    private readonly string _configuration;
    private readonly Topology _topology;
    private readonly bool _isStatic;
    private readonly TimedScheduler _scheduler = new();

    /// <summary>Prepares a run.</summary>
    /// <param name="patches">Which patches are on.</param>
    /// <param name="errata">Which defects of the posted code are on.</param>
    /// <param name="settings">Options by "Section:Name"; the pre-map length is <see cref="PremapPages"/>.</param>
    /// <param name="configuration">The configuration: vfio-1mb, vfio-10mb or sva-1mb.</param>
    /// <param name="topology">How devices are spread; with shared addressing one device only.</param>
    /// <param name="isStatic">Whether all memory is there before the device begins: pinned without the series, or touched by the CPU.</param>
    public TimedSecRun(
        PatchSet patches,
        ErrataSet errata,
        IReadOnlyDictionary<string, string> settings,
        string configuration,
        Topology topology,
        bool isStatic)
    {
        ArgumentNullException.ThrowIfNull(topology);
        _hosts = new(isStatic ? PatchSet.None : patches, settings) { Errata = isStatic ? default : errata, Scheduler = () => _scheduler };
        (_configuration, _topology, _isStatic) = (configuration, topology, isStatic);
        (PremapPages, MessageBytes) = (CoverLetter.PremapPages(configuration), CoverLetter.MessageBytes(configuration));
    }

    /// <summary>Pages one fault may map.</summary>
    /// <value>From 1; the default is the configuration's.</value>
    public int PremapPages { get; init; }

    /// <summary>The length of a message.</summary>
    /// <value>Bytes, 4096 to 32 MiB; the default is the configuration's.</value>
    public int MessageBytes { get; init; }

    /// <summary>Runs it, once.</summary>
    /// <param name="messages">How many messages each device is sent; at least 1.</param>
    /// <param name="seed">The seed of the pages that the host takes away, if it does.</param>
    /// <returns>What it came to; not finished if the device cannot work here.</returns>
    public SecTiming Execute(int messages, ulong seed = 0)
    {
        using Host host = _hosts.With("Premap:Length", PremapPages.ToString(CultureInfo.InvariantCulture)).Create(Machine());
        HostKernel kernel = host.Kernel;
        SecPace pace = SecPace.Of(kernel.Costs, _configuration, MessageBytes);
        List<SecAccelerator> devices = [.. Platforms(host).Select(platform => new SecAccelerator(
            _scheduler, kernel, platform, Memory(platform), pace, messages))];
        long before = kernel.Tally.FaultsReported;
        long start = kernel.Clock.Now;
        kernel.Stages.Clear();
        _scheduler.Begin(kernel);
        devices.ForEach(static device => device.Start());
        new PageMover(_scheduler, kernel, devices, seed).Start();
        _scheduler.RunCalendar();
        _scheduler.End();
        return new SecTiming
        {
            ElapsedNanoseconds = pace.StartNanoseconds + devices.Select(device => device.Times.LastEnd - start).DefaultIfEmpty().Max(),
            StartNanoseconds = pace.StartNanoseconds,
            Faults = kernel.Tally.FaultsReported - before,
            IsFinished = devices.Count > 0 && devices.TrueForAll(static device => device is { IsDone: true, HasFailed: false }),
            Devices = [.. devices.Select(static device => device.Times)],
            Stages = kernel.Stages,
            Threads = _scheduler.Threads,
            Processors = _scheduler.Processors,
            Locks = _scheduler.Locks,
        };
    }

    private static string NameOf(string what, int index) => string.Create(CultureInfo.InvariantCulture, $"{what}{index}");

    private IEnumerable<ITimedSecPlatform> Platforms(Host host)
    {
        if (_configuration == CoverLetter.Sva)
        {
            return SvaSecPlatform.Start(host, host.Processes["vmm0"], host.Devices["sec0"]) is { } shared ? [shared] : [];
        }

        return Enumerable.Range(0, _topology.Containers).SelectMany(container => VfioSecPlatform.StartAll(
            host,
            host.Processes[NameOf("vmm", container)],
            [.. Enumerable.Range(0, _topology.Devices).Where(i => i % _topology.Containers == container).Select(i => host.Devices[NameOf("sec", i)])]));
    }

    private SecBuffers Memory(ITimedSecPlatform platform)
    {
        SecBuffers buffers = SecBuffers.Prepare(platform, MessageBytes);
        for (int set = 0; set < SecBuffers.Sets && _isStatic && _configuration == CoverLetter.Sva; set++)
        {
            platform.Cpu(buffers.SourceOf(set), buffers.MessageBytes, write: true);
            platform.Cpu(buffers.DestinationOf(set), buffers.MessageBytes, write: true);
        }

        return buffers;
    }

    private MachineSpec Machine()
    {
        BoundDriver driver = _configuration == CoverLetter.Sva ? BoundDriver.Host : BoundDriver.Vfio;
        return new MachineSpec(
            [.. Enumerable.Range(0, _topology.Smmus).Select(i => new SmmuSpec(NameOf("smmu", i), StallModel.StallOrTerminate))],
            [.. Enumerable.Range(0, _topology.Devices).Select(i => new DeviceSpec(
                NameOf("sec", i),
                NameOf("smmu", i % _topology.Smmus),
                StreamId: 0x20 + (uint)i,
                Group: i + 1,
                CanStall: true,
                PasidBits: 8,
                driver,
                CanTransfer: true))],
            [],
            [.. Enumerable.Range(0, _topology.Containers).Select(i => new ProcessSpec(NameOf("vmm", i), ulong.MaxValue, HasIpcLock: true))]);
    }
}
