using Iopf.ArmSmmuV3.Hardware;
using Iopf.Iommu;
using Iopf.Kernel;

namespace Iopf.ArmSmmuV3.Driver;

/// <summary>One SMMU as its driver runs it: queues, stream table, the masters behind it, and the thread that serves its events.</summary>
/// <remarks>Kernel: <c>struct arm_smmu_device</c>.</remarks>
public sealed class ArmSmmuDevice
{
    private readonly Dictionary<uint, ArmSmmuMaster> _streams = [];

    internal ArmSmmuDevice(ArmSmmuDriver driver, SmmuHardware hardware, string name, SmmuFeatures features, SmmuStartup memory)
    {
        HostKernel kernel = driver.Kernel;
        Driver = driver;
        Hardware = hardware;
        Name = name;
        Features = features;
        Streams = memory.Streams;
        StreamsMutex = new KernelMutex(kernel.Scheduler, $"{name} streams_mutex", "streams_mutex");
        Commands = new CommandQueueWriter(kernel, driver.Memory, hardware, memory.CommandQueue, memory.CommandQueueShift, name);
        EventThread = new EventThread(
            kernel,
            this,
            new EventQueueReader(driver.Memory, hardware, memory.EventQueue, memory.EventQueueShift),
            driver.Events);
        Faults = new IopfQueue(kernel, $"{name} iopf", driver.Bonds.FaultHandler);
        FaultQueue = new SvaFaultQueue(Faults);
    }

    /// <summary>The SMMU's name.</summary>
    public string Name { get; }

    /// <summary>What the SMMU can do.</summary>
    public SmmuFeatures Features { get; }

    /// <summary>Held while an event is handled, and while masters come and go.</summary>
    public KernelMutex StreamsMutex { get; }

    /// <summary>The driver that runs the SMMU.</summary>
    public ArmSmmuDriver Driver { get; }

    /// <summary>The thread that empties the event queue.</summary>
    public KernelThread EventThread => Events.Thread;

    /// <summary>How often records were found to be lost.</summary>
    public long EventOverflows => Events.Overflows;

    /// <summary>How many records did not become a fault that somebody accepted.</summary>
    public long UnhandledEvents => Events.Unhandled;

    /// <summary>How many commands the SMMU rejected; the driver put a CMD_SYNC in each one's place.</summary>
    public long RejectedCommands => Commands.Replaced;

    /// <summary>How many commands were lost or never confirmed.</summary>
    public long CommandTimeouts => Commands.Timeouts;

    internal EventThread Events { get; }

    internal SmmuHardware Hardware { get; }

    internal StreamTable Streams { get; }

    internal CommandQueueWriter Commands { get; }

    /// <summary>Page requests of devices that share address spaces, on their way to a worker.</summary>
    internal IopfQueue Faults { get; }

    /// <summary>The device fault handler in front of <see cref="Faults"/>.</summary>
    internal SvaFaultQueue FaultQueue { get; }

    /// <summary>VMIDs are numbered per SMMU; 0 tags what has no stage 2.</summary>
    internal IdentifierPool Vmids { get; } = new(first: 1);

    /// <summary>The master a stream belongs to.</summary>
    /// <param name="streamId">A stream ID.</param>
    /// <returns>The master; <see langword="null"/> when no device was probed with it.</returns>
    /// <remarks>Kernel: <c>arm_smmu_find_master</c>. Needs <see cref="StreamsMutex"/>.</remarks>
    public ArmSmmuMaster? FindMaster(uint streamId)
    {
        Invariant.Hold(StreamsMutex.IsHeld, "masters are looked up under streams_mutex");
        return _streams.GetValueOrDefault(streamId);
    }

    /// <summary>Makes a master's streams known and gives each an entry in the stream table.</summary>
    /// <param name="master">The master.</param>
    /// <returns>None; ERANGE for a stream ID the SMMU has not; ENOMEM; EINVAL for one that is taken. On errors nothing is left behind.</returns>
    /// <remarks>Kernel: <c>arm_smmu_insert_master</c>.</remarks>
    internal Errno Insert(ArmSmmuMaster master)
    {
        using (StreamsMutex.Hold())
        {
            for (int i = 0; i < master.StreamIds.Count; i++)
            {
                Errno error = Insert(master, master.StreamIds[i]);
                if (error != Errno.None)
                {
                    Forget(master, count: i);
                    return error;
                }
            }

            return Errno.None;
        }
    }

    /// <summary>Forgets a master's streams; their entries stay as they are.</summary>
    /// <param name="master">The master.</param>
    /// <remarks>Kernel: <c>arm_smmu_remove_master</c>.</remarks>
    internal void Remove(ArmSmmuMaster master)
    {
        using (StreamsMutex.Hold())
        {
            Forget(master, master.StreamIds.Count);
        }
    }

    /// <summary>The interrupt of the global errors: repairs the command queue, then acknowledges.</summary>
    /// <remarks>Kernel: <c>arm_smmu_gerror_handler</c>.</remarks>
    internal void HandleGlobalError()
    {
        const uint CommandQueueError = 1;
        uint raised = Hardware.ReadRegister(SmmuRegister.GERROR);
        uint active = raised ^ Hardware.ReadRegister(SmmuRegister.GERRORN);
        if ((active & CommandQueueError) != 0)
        {
            Commands.SkipError();
        }

        Hardware.WriteRegister(SmmuRegister.GERRORN, raised);
    }

    private Errno Insert(ArmSmmuMaster master, uint streamId)
    {
        if (!Streams.Covers(streamId))
        {
            return Errno.ERANGE;
        }

        if (!Streams.HasEntry(streamId))
        {
            Errno error = SmmuStartup.AddStreamTableLeaf(this, streamId);
            if (error != Errno.None)
            {
                return error;
            }
        }

        return _streams.TryAdd(streamId, master) ? Errno.None : Errno.EINVAL;
    }

    private void Forget(ArmSmmuMaster master, int count)
    {
        for (int i = 0; i < count; i++)
        {
            _streams.Remove(master.StreamIds[i]);
        }
    }
}
