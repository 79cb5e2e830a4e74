using Iopf.Iommu;
using Iopf.Mm;

namespace Iopf.VfioType1;

/// <summary>Whose memory is behind a mapping, and what the mapping grants: enough to obtain pages while the mapping itself may go.</summary>
/// <param name="Task">The process that made the mapping.</param>
/// <param name="Mm">The address space behind the mapping.</param>
/// <param name="Prot">The access that the mapping grants.</param>
/// <param name="HasLockCap">Whether the process could lock memory without limit when it made the mapping.</param>
public readonly record struct PageOwner(Process Task, AddressSpace Mm, IommuProt Prot, bool HasLockCap);
