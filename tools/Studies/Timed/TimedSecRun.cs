using System.Globalization;
using Iopf.ArmSmmuV3.Hardware;
using Iopf.Kernel;
using Iopf.Machine;
using Iopf.Patches;
using Iopf.Schedulers;

namespace Iopf.Workloads;

/// <summary>Runs the test with time lines: the model serves the faults, and threads, locks and engines wait for each other.</summary>
public sealed class TimedSecRun
{
    private readonly ModeledHostFactory _hosts;
    private readonly SecTestSetting _test;
    private readonly Topology _topology;
    private readonly bool _isStatic;
    private readonly TimedScheduler _scheduler = new();

    /// <summary>Prepares a run.</summary>
    /// <param name="patches">Which patches are on.</param>
    /// <param name="errata">Which defects of the posted code are on.</param>
    /// <param name="settings">Options by "Section:Name"; the pre-map length is that of the configuration.</param>
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
        string premap = CoverLetter.PremapPages(configuration).ToString(CultureInfo.InvariantCulture);
        _hosts = Factory(patches, errata, settings, isStatic).With("Premap:Length", premap);
        string platform = configuration == CoverLetter.Sva ? SecTestSetting.Sva : SecTestSetting.Vfio;
        _test = SecTestSetting.Usual with { Platform = platform, MessageBytes = CoverLetter.MessageBytes(configuration) };
        (_topology, _isStatic) = (topology, isStatic);
    }

    /// <summary>Prepares a run with any lengths and numbers; the pre-map length is that of the options.</summary>
    /// <param name="patches">Which patches are on.</param>
    /// <param name="errata">Which defects of the posted code are on.</param>
    /// <param name="settings">Options by "Section:Name".</param>
    /// <param name="test">How the test is run, apart from the number of messages.</param>
    /// <param name="topology">How devices are spread; with shared addressing one device only.</param>
    /// <param name="isStatic">Whether all memory is there before the device begins: pinned without the series, or touched by the CPU.</param>
    public TimedSecRun(
        PatchSet patches,
        ErrataSet errata,
        IReadOnlyDictionary<string, string> settings,
        SecTestSetting test,
        Topology topology,
        bool isStatic)
    {
        ArgumentNullException.ThrowIfNull(topology);
        _hosts = Factory(patches, errata, settings, isStatic);
        (_test, _topology, _isStatic) = (test, topology, isStatic);
    }

    private bool IsShared => _test.Platform == SecTestSetting.Sva;

    /// <summary>Runs it, once.</summary>
    /// <param name="messages">How many messages each device is sent; at least 1.</param>
    /// <param name="seed">The seed of the pages that the host takes away, if it does.</param>
    /// <returns>What it came to; not finished if the device cannot work here.</returns>
    public SecTiming Execute(int messages, ulong seed = 0)
    {
        using ModeledHost host = _hosts.Create(Machine());
        HostKernel kernel = host.Kernel;
        SecPace pace = SecPace.Of(kernel.Costs, IsShared, _test.MessageBytes);
        PromiseWatch promises = new(host);
        promises.Begin();
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
        promises.End("the test", hasFailed: devices.Count == 0);
        return new SecTiming
        {
            ElapsedNanoseconds = pace.StartNanoseconds + devices.Select(device => device.Times.LastEnd - start).DefaultIfEmpty().Max(),
            StartNanoseconds = pace.StartNanoseconds,
            Faults = kernel.Tally.FaultsReported - before,
            IsFinished = devices.Count > 0 && devices.TrueForAll(static device => device is { IsDone: true, HasFailed: false }),
            Counts = kernel.Tally,
            PinnedPages = host.Memory.TotalPins,
            Violations = promises.Violations,
            Devices = [.. devices.Select(static device => device.Times)],
            Stages = kernel.Stages,
            Threads = _scheduler.Threads,
            Processors = _scheduler.Processors,
            Locks = _scheduler.Locks,
        };
    }

    private static string NameOf(string what, int index) => string.Create(CultureInfo.InvariantCulture, $"{what}{index}");

    private ModeledHostFactory Factory(PatchSet patches, ErrataSet errata, IReadOnlyDictionary<string, string> settings, bool isStatic) =>
        new(isStatic ? PatchSet.None : patches, settings) { Errata = isStatic ? default : errata, Scheduler = () => _scheduler };

    private IEnumerable<ITimedSecPlatform> Platforms(ModeledHost host)
    {
        if (IsShared)
        {
            return SvaSecPlatform.Start(host, host.Processes["vmm0"], host.Devices["sec0"]) is { } shared ? [shared] : [];
        }

        return Enumerable.Range(0, _topology.Containers).SelectMany(container => VfioSecPlatform.StartAll(
            host,
            host.Processes[NameOf("vmm", container)],
            [.. Enumerable.Range(0, _topology.Devices).Where(i => i % _topology.Containers == container).Select(i => host.Devices[NameOf("sec", i)])],
            _test));
    }

    private SecBuffers Memory(ITimedSecPlatform platform)
    {
        SecBuffers buffers = SecBuffers.Prepare(platform, _test.MessageBytes, _test.BufferSets);
        for (int set = 0; set < buffers.Count && _isStatic && IsShared; set++)
        {
            platform.Cpu(buffers.SourceOf(set), buffers.MessageBytes, write: true);
            platform.Cpu(buffers.DestinationOf(set), buffers.MessageBytes, write: true);
        }

        return buffers;
    }

    private MachineSpec Machine()
    {
        BoundDriver driver = IsShared ? BoundDriver.Host : BoundDriver.Vfio;
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
