using Iopf.Iommu;

namespace Iopf.Replay.Posted;

/// <summary>One entry of a domain.</summary>
/// <param name="Frame">The frame it leads to.</param>
/// <param name="Prot">What it grants.</param>
/// <param name="Block">The first iova page of the block it belongs to; null if it can go alone.</param>
internal readonly record struct RecordedEntry(ulong Frame, IommuProt Prot, ulong? Block);
