using Iopf.Iommu;
using Iopf.Kernel;

namespace Iopf.ArmSmmuV3.Driver;

/// <summary>What the firmware says about a device behind an SMMU.</summary>
/// <remarks>Kernel: <c>struct iommu_fwspec</c> and the properties <c>dma-can-stall</c> and <c>pasid-num-bits</c>.</remarks>
/// <param name="StreamIds">The stream IDs the device's transactions carry; at least one.</param>
/// <param name="DmaCanStall">Whether the device tolerates that its transactions are held back.</param>
/// <param name="PasidBits">How many bits its PASIDs have; 0 when it has none.</param>
public sealed record SmmuMasterDescription(IReadOnlyList<uint> StreamIds, bool DmaCanStall, int PasidBits)
{
    /// <summary>Describes a device with one stream.</summary>
    /// <param name="streamId">Its stream ID.</param>
    /// <param name="dmaCanStall">Whether it tolerates stalls.</param>
    /// <param name="pasidBits">How many bits its PASIDs have.</param>
    public SmmuMasterDescription(uint streamId, bool dmaCanStall = false, int pasidBits = 0)
        : this([streamId], dmaCanStall, pasidBits)
    {
    }

    /// <summary>Ranges of iovas that the platform reserves for this device, beside the MSI window of every device.</summary>
    public IReadOnlyList<ReservedRegion> ReservedRegions { get; init; } = [];

    /// <summary>The first iova of the 1 MiB window that MSIs go through.</summary>
    /// <remarks>
    /// Kernel: <c>MSI_IOVA_BASE</c>. Deviation: a constant there; here it can be moved, so that memory layouts of other architectures, whose RAM begins
    /// at 0, can be mapped.
    /// </remarks>
    public Iova MsiWindow { get; init; } = UsualMsiWindow;

    internal static Iova UsualMsiWindow => new(0x0800_0000);
}
