using Iopf.ArmSmmuV3.Hardware;
using Iopf.Iommu;
using Iopf.Kernel;

namespace Iopf.ArmSmmuV3.Driver;

/// <summary>One SMMU as its driver runs it: queues, stream table, the masters behind it, and the thread that serves its events.</summary>
/// <remarks>Kernel: <c>struct arm_smmu_device</c>.</remarks>
public sealed class ArmSmmuDevice
{
    private readonly Dictionary<uint, ArmSmmuMaster> _streams = [];

    private ArmSmmuDevice(ArmSmmuDriver driver, SmmuHardware hardware, string name, SmmuFeatures features, SmmuStructures structures)
    {
        HostKernel kernel = driver.Kernel;
        Driver = driver;
        Hardware = hardware;
        Name = name;
        Features = features;
        Streams = structures.Streams;
        StreamsMutex = new KernelMutex(kernel.Scheduler, $"{name} streams_mutex", "streams_mutex");
        Commands = new CommandQueueWriter(kernel, driver.Memory, hardware, structures.CommandQueue, name);
        Events = new EventThread(kernel, this, new EventQueueReader(driver.Memory, hardware, structures.EventQueue), driver.Events);
        Faults = new IopfQueue(kernel, $"{name} iopf", driver.Bonds.FaultHandler);
        FaultQueue = new SvaFaultQueue(Faults);
    }

    /// <summary>The SMMU's name.</summary>
    public string Name { get; }

    /// <summary>What the SMMU can do.</summary>
    public SmmuFeatures Features { get; }

    /// <summary>What its domains do differently; nothing unless set before the first of them.</summary>
    public SmmuQuirks Quirks { get; set; } = new();

    /// <summary>Held while an event is handled, and while masters come and go.</summary>
    public KernelMutex StreamsMutex { get; }

    /// <summary>The driver that runs the SMMU.</summary>
    public ArmSmmuDriver Driver { get; }

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

    /// <summary>Takes an SMMU into service.</summary>
    /// <param name="driver">The driver.</param>
    /// <param name="hardware">The SMMU, as it comes out of reset.</param>
    /// <param name="name">Its name.</param>
    /// <returns>The SMMU; ENOMEM; ENXIO when it lacks a 4 KiB granule or has no translation stage at all.</returns>
    /// <remarks>Kernel: <c>arm_smmu_device_probe</c>.</remarks>
    internal static Result<ArmSmmuDevice> Start(ArmSmmuDriver driver, SmmuHardware hardware, string name)
    {
        SmmuFeatures features = new(
            (uint)hardware.ReadRegister(SmmuRegister.IDR0),
            (uint)hardware.ReadRegister(SmmuRegister.IDR1),
            (uint)hardware.ReadRegister(SmmuRegister.IDR5));
        if (!features.Granule4K || !(features.Stage1 || features.Stage2))
        {
            return Errno.ENXIO;
        }

        if (!SmmuStructures.Allocate(driver.Memory, features).TryGet(out SmmuStructures? structures, out Errno error))
        {
            return error;
        }

        ArmSmmuDevice smmu = new(driver, hardware, name, features, structures);
        smmu.AbortEveryStream();
        SmmuReset.Run(smmu, structures);
        return smmu;
    }

    /// <summary>The master a stream belongs to.</summary>
    /// <param name="streamId">A stream ID.</param>
    /// <returns>The master; <see langword="null"/> when no device was probed with it.</returns>
    /// <remarks>Kernel: <c>arm_smmu_find_master</c>. Needs <see cref="StreamsMutex"/>.</remarks>
    public ArmSmmuMaster? FindMaster(uint streamId)
    {
        Invariant.Hold(StreamsMutex.IsHeld, "masters are looked up under streams_mutex");
        return _streams.GetValueOrDefault(streamId);
    }

    /// <summary>Hands the driver one record, as the event thread does with each it takes from the queue.</summary>
    /// <param name="record">The record; it need not have been in the queue.</param>
    /// <returns>EOPNOTSUPP for what is no translation fault; an error for a refused stage-2 event; EINVAL for a stream of no device or without handler.</returns>
    /// <remarks>Kernel: <c>arm_smmu_handle_evt</c>.</remarks>
    public Errno HandleEvent(in EventRecord record) => Driver.Events.Handle(this, record);

    /// <summary>Makes a master's streams known and gives each an entry in the stream table.</summary>
    /// <param name="master">The master.</param>
    /// <returns>None; ERANGE for a stream ID the SMMU has not; ENOMEM; EINVAL for one that is taken. Errors leave nothing behind.</returns>
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
        ulong raised = Hardware.ReadRegister(SmmuRegister.GERROR);
        ulong active = raised ^ Hardware.ReadRegister(SmmuRegister.GERRORN);
        if (((GlobalErrors)active & GlobalErrors.CommandQueue) != 0)
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
            Errno error = AddStreamTableLeaf(streamId);
            if (error != Errno.None)
            {
                return error;
            }
        }

        return _streams.TryAdd(streamId, master) ? Errno.None : Errno.EINVAL;
    }

    /// <remarks>Kernel: <c>arm_smmu_init_l2_strtab</c>. The entries are complete before the first level points to them.</remarks>
    private Errno AddStreamTableLeaf(uint streamId)
    {
        Errno error = Streams.AllocateLeaf(streamId);
        if (error == Errno.None)
        {
            uint first = streamId & ~(StreamTable.LeafEntries - 1);
            InitialiseEntries(first, StreamTable.LeafEntries);
            Streams.PublishLeaf(streamId);
        }

        return error;
    }

    /// <remarks>Kernel: <c>arm_smmu_init_strtab_linear</c>. A first level without leaves needs no entries yet.</remarks>
    private void AbortEveryStream()
    {
        if (!Streams.HasTwoLevels)
        {
            InitialiseEntries(0, Streams.EntryCount);
        }
    }

    /// <remarks>Kernel: <c>arm_smmu_init_bypass_stes</c>.</remarks>
    private void InitialiseEntries(uint first, uint count)
    {
        for (uint streamId = first; streamId - first < count; streamId++)
        {
            Driver.Entries.Write(this, master: null, streamId);
        }
    }

    private void Forget(ArmSmmuMaster master, int count)
    {
        for (int i = 0; i < count; i++)
        {
            _streams.Remove(master.StreamIds[i]);
        }
    }
}
