using Iopf.Kernel;

namespace Iopf.Machine;

/// <summary>One DMA mapping at one moment.</summary>
/// <param name="Iova">Its first iova.</param>
/// <param name="Size">Its length in bytes.</param>
/// <param name="Vaddr">The process address behind it.</param>
/// <param name="Process">Whose memory it is.</param>
/// <param name="IsOnDemand">Whether its pages are mapped by faults.</param>
/// <param name="PagesPerCell">How many pages one cell stands for; 1 but for large mappings.</param>
/// <param name="Cells">What its pages are; of pages that share a cell, the one that has most.</param>
/// <param name="FaultMapped">The runs of pages that faults mapped, as first and last iova.</param>
/// <param name="VendorPinned">The runs of pages that vendor drivers pinned, as first and last iova.</param>
public sealed record MappingState(
    Iova Iova,
    ulong Size,
    ulong Vaddr,
    string Process,
    bool IsOnDemand,
    ulong PagesPerCell,
    IReadOnlyList<PageCell> Cells,
    IReadOnlyList<IovaRange> FaultMapped,
    IReadOnlyList<IovaRange> VendorPinned);
