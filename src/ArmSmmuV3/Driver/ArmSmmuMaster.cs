using Iopf.Iommu;

namespace Iopf.ArmSmmuV3.Driver;

/// <summary>A device as its SMMU's driver knows it: its streams, what it tolerates, and what is switched on for it.</summary>
/// <remarks>Kernel: <c>struct arm_smmu_master</c>.</remarks>
public sealed class ArmSmmuMaster
{
    internal ArmSmmuMaster(Device device, ArmSmmuDevice smmu, SmmuMasterDescription description)
    {
        Device = device;
        Smmu = smmu;
        StreamIds = [.. description.StreamIds];
        ReservedRegions = description.ReservedRegions;
        MsiWindow = ArmSmmuDriver.MsiWindowAt(description.MsiWindow);
        SsidBits = Math.Min(smmu.Features.SsidBits, description.PasidBits);
        StallEnabled = (smmu.Features.CanStall && description.DmaCanStall) || smmu.Features.StallsAlways;
    }

    /// <summary>The device.</summary>
    public Device Device { get; }

    /// <summary>The SMMU its transactions pass through.</summary>
    public ArmSmmuDevice Smmu { get; }

    /// <summary>The stream IDs its transactions carry, in the firmware's order.</summary>
    public IReadOnlyList<uint> StreamIds { get; }

    /// <summary>How many bits of substream ID the SMMU and the device both have; 0 for none.</summary>
    public int SsidBits { get; }

    /// <summary>Whether a faulting transaction of this device may be held back.</summary>
    public bool StallEnabled { get; }

    /// <summary>Ranges of iovas that the platform reserves for this device.</summary>
    public IReadOnlyList<ReservedRegion> ReservedRegions { get; }

    /// <summary>The window of iovas that its MSIs go through.</summary>
    internal ReservedRegion MsiWindow { get; }

    /// <summary>The domain the device is attached to, if any.</summary>
    public ArmSmmuDomain? Domain { get; internal set; }

    /// <summary>Whether I/O page faults are switched on.</summary>
    public bool IopfEnabled { get; internal set; }

    /// <summary>Whether sharing address spaces is switched on.</summary>
    public bool SvaEnabled { get; internal set; }

    /// <summary>The guest's stage 1 in front of the domain's stage 2, if one is attached.</summary>
    public GuestStage1Config? GuestTables { get; internal set; }

    /// <summary>Whether the device can have I/O page faults at all.</summary>
    /// <remarks>Kernel: <c>arm_smmu_master_iopf_supported</c>. A response names one stream, so a second one would be ambiguous.</remarks>
    public bool IsIopfSupported => StreamIds.Count == 1 && StallEnabled;

    /// <summary>Whether the device can share address spaces at all.</summary>
    /// <remarks>Kernel: <c>arm_smmu_master_sva_supported</c>.</remarks>
    public bool IsSvaSupported => Smmu.Features.Sva && SsidBits > 0;

    /// <summary>The address spaces bound to the device.</summary>
    internal List<SvaBond> Bonds { get; } = [];

    /// <summary>The master that a device's driver data stands for.</summary>
    /// <param name="device">Any device.</param>
    /// <returns>Its master; <see langword="null"/> when no SMMU driver probed it.</returns>
    internal static ArmSmmuMaster? Of(Device device) => device.Iommu?.Master as ArmSmmuMaster;
}
