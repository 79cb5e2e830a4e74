using Iopf.Iommu;
using Iopf.Kernel;

namespace Iopf.VfioType1;

/// <summary>What a fault intends to map: noted under the container lock, and all that is read after the lock is released.</summary>
/// <param name="Mapping">The mapping that holds the faulting page; by the time that its pages are there, it may be another one.</param>
/// <param name="Window">The pages to map; the faulting page is in the first granule.</param>
/// <param name="Access">The access that faulted.</param>
/// <param name="Ticket">The state of invalidations at that moment.</param>
internal readonly record struct FaultPlan(DmaMapping Mapping, IovaRange Window, IommuProt Access, InvalidationTicket Ticket)
{
    private readonly long _serialNumber = Mapping.SerialNumber;

    /// <summary>Whose memory is behind the mapping.</summary>
    public PageOwner Owner { get; } = Mapping.Owner;

    /// <summary>The process addresses of the window.</summary>
    public UserRange Vaddrs { get; } = UserRange.OfPages(Mapping.VaddrOf(Window.First), Window.PageCount);

    /// <summary>Whether the mapping is the one that was planned for, with the memory that it had; the container lock is held again.</summary>
    public bool IsValid =>
        Mapping.SerialNumber == _serialNumber
        && !Mapping.IsVaddrInvalid
        && Mapping.VaddrOf(Window.First) == Vaddrs.First
        && ReferenceEquals(Mapping.Mm, Owner.Mm);

    /// <summary>The process address behind an iova of the window.</summary>
    /// <param name="iova">The iova.</param>
    /// <returns>The address.</returns>
    public UserAddress VaddrOf(Iova iova) => Vaddrs.First.Plus(iova.Value - Window.First.Value);
}
