using Iopf.Iommu;
using Iopf.Kernel;

namespace Iopf.VfioType1;

/// <summary>What a fault intends to map, noted under the container lock before it is released.</summary>
/// <param name="Mapping">The mapping that holds the faulting page.</param>
/// <param name="Window">The pages to map; the faulting page is in the first granule.</param>
/// <param name="Access">The access that faulted.</param>
/// <param name="Ticket">The state of invalidations at that moment.</param>
internal readonly record struct FaultPlan(DmaMapping Mapping, IovaRange Window, IommuProt Access, InvalidationTicket Ticket);
