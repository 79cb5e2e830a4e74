using Iopf.Kernel;

namespace Iopf.Machine;

/// <summary>One device behind an SMMU.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Smmu">The SMMU's name.</param>
/// <param name="StreamId">The stream ID its transactions carry.</param>
/// <param name="Group">The number of its IOMMU group.</param>
/// <param name="CanStall">Whether firmware says that its transactions may be held.</param>
/// <param name="PasidBits">How many bits its substream IDs have; 0 = none.</param>
/// <param name="Driver">What is bound to it.</param>
/// <param name="CanTransfer">Whether its VFIO bus driver can hand stage-1 faults to a guest.</param>
public sealed record DeviceSpec(
    string Name, string Smmu, uint StreamId, int Group, bool CanStall, int PasidBits, BoundDriver Driver, bool CanTransfer)
{
    /// <summary>Iovas that the platform keeps from this device, beside the MSI window of every device.</summary>
    public IReadOnlyList<IovaRange> Reserved { get; init; } = [];

    /// <summary>The first iova of the 1 MiB window that its MSIs go through; <see langword="null"/> for the usual one, 0x8000000.</summary>
    public Iova? MsiWindow { get; init; }

    /// <summary>Whether it is in its group from the beginning; if not, it is added later (hot-plug).</summary>
    public bool IsPresent { get; init; } = true;

    /// <summary>Whether its DMA may fault anywhere; one that can stall may still not be able to live with that.</summary>
    public bool ToleratesFaults { get; init; } = true;
}
