namespace Iopf.Machine;

/// <summary>What a page of a DMA mapping is, for a device and for the host: one cell of a picture.</summary>
public enum PageCell
{
    /// <summary>In no table and not pinned: the next access faults.</summary>
    Unmapped,

    /// <summary>In the device's tables, and free to move: the MMU notifier will take it out.</summary>
    Mapped,

    /// <summary>In the device's tables, and pinned.</summary>
    MappedPinned,

    /// <summary>Pinned, but in no table of the device.</summary>
    Pinned,
}
