using Iopf.ArmSmmuV3.Hardware;
using Iopf.Iommu;
using Iopf.Kernel;
using Iopf.Mm;

namespace Iopf.ArmSmmuV3.Driver;

/// <summary>The Linux driver of all SMMUs: the IOMMU operations of a bus whose devices may sit behind different ones.</summary>
/// <remarks>Kernel: <c>arm_smmu_ops</c>.</remarks>
public sealed class ArmSmmuDriver : IIommuDriver
{
    private readonly MasterFeatures _features;
    private readonly KernelMutex _asidLock;

    // ASIDs are numbered across all SMMUs; 0 is not used.
    private readonly IdentifierPool _asids = new(first: 1);

    /// <summary>Builds the driver; it serves no SMMU yet.</summary>
    /// <param name="kernel">The host kernel.</param>
    /// <param name="memory">Host memory, for queues and tables.</param>
    /// <param name="reporter">Where faults are reported.</param>
    /// <param name="handlers">Where SVA registers its handler.</param>
    /// <param name="stage2Events">What happens to stage-2 events.</param>
    /// <param name="stage2Stall">Whether stage-2 faults stall.</param>
    /// <param name="bonds">The address spaces shared with devices.</param>
    public ArmSmmuDriver(
        HostKernel kernel,
        PhysicalMemory memory,
        DeviceFaultReporter reporter,
        DeviceFaultHandlers handlers,
        IStage2EventPolicy stage2Events,
        IStage2Stall stage2Stall,
        SvaBonds bonds)
    {
        Kernel = kernel;
        Memory = memory;
        Bonds = bonds;
        _asidLock = new KernelMutex(kernel.Scheduler, "arm_smmu_asid_lock");
        Events = new EventHandler(kernel, stage2Events, reporter);
        Entries = new StreamTableEntryWriter(memory, stage2Stall);
        _features = new MasterFeatures(handlers, bonds);
    }

    /// <summary>Whether the streams of a device without a domain are aborted rather than let through.</summary>
    /// <value>The default is <see langword="true"/>.</value>
    /// <remarks>Kernel: the module parameter <c>disable_bypass</c>.</remarks>
    public bool DisableBypass { get; set; } = true;

    /// <summary>The address spaces shared with devices.</summary>
    public SvaBonds Bonds { get; }

    internal HostKernel Kernel { get; }

    internal PhysicalMemory Memory { get; }

    internal EventHandler Events { get; }

    internal StreamTableEntryWriter Entries { get; }

    /// <summary>Takes an SMMU into service.</summary>
    /// <param name="hardware">The SMMU, as it comes out of reset.</param>
    /// <param name="name">Its name, such as "smmu0".</param>
    /// <returns>The SMMU; ENOMEM; ENXIO when it lacks a 4 KiB granule or has no translation stage at all.</returns>
    /// <remarks>Kernel: <c>arm_smmu_device_probe</c>.</remarks>
    public Result<ArmSmmuDevice> AddSmmu(SmmuHardware hardware, string name) => ArmSmmuDevice.Start(this, hardware, name);

    /// <summary>Makes a device known to the SMMU it sits behind; its streams are aborted until it is attached to a domain.</summary>
    /// <param name="device">The device.</param>
    /// <param name="smmu">Its SMMU.</param>
    /// <param name="description">What the firmware says about it.</param>
    /// <returns>None; EBUSY when it was probed before; ENODEV without a stream ID; ERANGE, EINVAL or ENOMEM for its streams.</returns>
    /// <remarks>Kernel: <c>arm_smmu_probe_device</c>.</remarks>
    public Errno Probe(Device device, ArmSmmuDevice smmu, SmmuMasterDescription description)
    {
        ArgumentNullException.ThrowIfNull(device);
        ArgumentNullException.ThrowIfNull(smmu);
        ArgumentNullException.ThrowIfNull(description);
        if (device.Iommu is not null)
        {
            return Errno.EBUSY;
        }

        if (description.StreamIds.Count == 0)
        {
            return Errno.ENODEV;
        }

        ArmSmmuMaster master = new(device, smmu, description);
        Errno error = smmu.Insert(master);
        if (error != Errno.None)
        {
            return error;
        }

        device.Iommu = new DeviceIommu(Kernel, device, this) { Master = master };
        return Errno.None;
    }

    /// <summary>Takes a device out of its SMMU's service; its streams are aborted.</summary>
    /// <param name="device">The device; nothing happens when no SMMU knows it.</param>
    /// <remarks>Kernel: <c>arm_smmu_release_device</c>.</remarks>
    public void Remove(Device device)
    {
        ArgumentNullException.ThrowIfNull(device);
        if (ArmSmmuMaster.Of(device) is not { } master || !ReferenceEquals(master.Smmu.Driver, this))
        {
            return;
        }

        Invariant.Hold(!master.SvaEnabled, "a device is released only after SVA was disabled");
        master.Domain?.DetachDevice(device);
        master.Smmu.Remove(master);
        device.Iommu = null;
    }

    /// <inheritdoc/>
    /// <remarks>Kernel: <c>arm_smmu_capable</c>. MSIs are isolated by the interrupt domain, not here.</remarks>
    public bool IsCapable(IommuCapability capability) => capability is IommuCapability.CacheCoherency or IommuCapability.NoExecute;

    /// <inheritdoc/>
    /// <remarks>Kernel: <c>arm_smmu_domain_alloc</c>.</remarks>
    public Result<IommuDomain> AllocateDomain(DomainType type) =>
        type is DomainType.Unmanaged or DomainType.Dma or DomainType.Identity ? new ArmSmmuDomain(this, type) : Errno.EINVAL;

    /// <inheritdoc/>
    /// <remarks>Kernel: <c>arm_smmu_get_resv_regions</c>.</remarks>
    public IReadOnlyList<ReservedRegion> ReservedRegionsOf(Device device) =>
        ArmSmmuMaster.Of(device) is { } master ? [master.MsiWindow, .. master.ReservedRegions] : [MsiWindowAt(SmmuMasterDescription.UsualMsiWindow)];

    /// <summary>The window of iovas that MSIs go through.</summary>
    internal static ReservedRegion MsiWindowAt(Iova first) => new(IovaRange.OfLength(first, 0x0010_0000), ReservedRegionType.SoftwareMsi);

    /// <inheritdoc/>
    public Errno EnableFeature(Device device, IommuFeature feature) => _features.Enable(device, feature);

    /// <inheritdoc/>
    public Errno DisableFeature(Device device, IommuFeature feature) => _features.Disable(device, feature);

    /// <inheritdoc/>
    public bool IsFeatureEnabled(Device device, IommuFeature feature) => MasterFeatures.IsEnabled(device, feature);

    /// <inheritdoc/>
    public void DrainFaults(Device device) => ArmSmmuMaster.Of(device)?.Smmu.Events.Drain();

    /// <summary>Takes an ASID that an SMMU can express.</summary>
    /// <param name="smmu">The SMMU.</param>
    /// <returns>The ASID, or ENOSPC.</returns>
    internal Result<ushort> TakeAsid(ArmSmmuDevice smmu)
    {
        using (_asidLock.Hold())
        {
            return _asids.Take((1u << smmu.Features.AsidBits) - 1).TryGet(out uint asid, out Errno error) ? (ushort)asid : error;
        }
    }

    /// <summary>Gives an ASID back whose translations are forgotten.</summary>
    /// <param name="asid">The ASID.</param>
    internal void ReturnAsid(ushort asid)
    {
        using (_asidLock.Hold())
        {
            _asids.Return(asid);
        }
    }
}
