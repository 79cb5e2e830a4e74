using Iopf.Iommu;
using Iopf.Kernel;
using Iopf.Mm;

namespace Iopf.VfioType1;

/// <summary>One DMA mapping: a range of iovas backed by a range of a process's memory.</summary>
/// <remarks>Kernel: <c>struct vfio_dma</c>.</remarks>
public sealed class DmaMapping
{
    // Made when somebody asks: nobody does before a fault, and there may be a million mappings.
    private PageBitmap? _heldPages;

    /// <summary>Makes a mapping of no length yet.</summary>
    /// <param name="iova">Its first iova.</param>
    /// <param name="vaddr">The process address behind the first iova.</param>
    /// <param name="prot">The access it grants: read, write or both.</param>
    /// <param name="task">The process (thread group) that made it.</param>
    /// <param name="mm">
    /// The address space behind it; held, so that it is found even after the thread-group leader exited (E17).
    /// </param>
    /// <param name="hasLockCap">Whether the process may lock memory without limit.</param>
    public DmaMapping(Iova iova, UserAddress vaddr, IommuProt prot, Process task, AddressSpace mm, bool hasLockCap)
    {
        (Iova, Vaddr, Prot, Task, Mm, HasLockCap) = (iova, vaddr, prot, task, mm, hasLockCap);
    }

    /// <summary>Its first iova.</summary>
    public Iova Iova { get; private set; }

    /// <summary>The process address behind the first iova.</summary>
    public UserAddress Vaddr { get; set; }

    /// <summary>The length in bytes; grows while a mapping is being made, 0 at first.</summary>
    public ulong Size { get; set; }

    /// <summary>The access it grants.</summary>
    public IommuProt Prot { get; private set; }

    /// <summary>The process that made it.</summary>
    public Process Task { get; private set; }

    /// <summary>The address space behind it.</summary>
    public AddressSpace Mm { get; set; }

    /// <summary>Whether the process could lock memory without limit when it made the mapping.</summary>
    /// <remarks>Kernel: <c>lock_cap</c>.</remarks>
    public bool HasLockCap { get; private set; }

    /// <summary>Whether the whole mapping is pinned and entered in the IOMMU domains.</summary>
    /// <remarks>Kernel: <c>iommu_mapped</c>.</remarks>
    public bool IsIommuMapped { get; set; }

    /// <summary>Whether its pages are entered in the IOMMU domains one fault at a time.</summary>
    public bool IsOnDemand { get; set; }

    /// <summary>The address space that is watched for it; <see langword="null"/> if none is.</summary>
    public AddressSpace? Watched { get; set; }

    /// <summary>Tells a mapping from those that are made of the same object after its removal.</summary>
    public long SerialNumber { get; private set; }

    /// <summary>Whether the vaddr was handed back and a new one is awaited.</summary>
    /// <remarks>Kernel: <c>vaddr_invalid</c>.</remarks>
    public bool IsVaddrInvalid { get; set; }

    /// <summary>The pages that vendor drivers pinned.</summary>
    /// <remarks>Kernel: <c>pfn_list</c>.</remarks>
    public ExternalPinList ExternalPins { get; } = new();

    /// <summary>One bit a page: written since the log was last read; <see langword="null"/> while nothing is logged.</summary>
    /// <remarks>Kernel: <c>bitmap</c>.</remarks>
    public DirtyBitmap? Dirty { get; set; }

    /// <summary>Which pages were entered in every domain by a fault.</summary>
    /// <remarks>Kernel: <c>iopf_mapped_bitmap</c>. Deviation: sparse, and part of every mapping from its birth (E07, E38, E59).</remarks>
    public PageBitmap MappedPages { get; } = new();

    /// <summary>Whether <see cref="MappedPages"/> is there at all; every mapping has it unless E07 or E38 takes it away.</summary>
    public bool HasMappedPages { get; set; } = true;

    /// <summary>Whether the memory of <see cref="MappedPages"/> came from the allocator for large areas; only the posted code cares (E58).</summary>
    public bool IsMappedPagesVirtual { get; set; }

    /// <summary>Which of <see cref="MappedPages"/> a vendor driver's pin holds in place: they are not invalidated.</summary>
    public PageBitmap HeldPages => _heldPages ??= new PageBitmap();

    /// <summary>How many pages of <see cref="MappedPages"/> keep the pin that their fault took.</summary>
    public long FaultPins { get; set; }

    /// <summary>Whose memory is behind it, as it is now.</summary>
    public PageOwner Owner => new(Task, Mm, Prot, HasLockCap);

    /// <summary>The iovas from the first to the last; only for a mapping of at least one page.</summary>
    public IovaRange Range => IovaRange.OfLength(Iova, Size);

    /// <summary>The process addresses from the first to the last; only for a mapping of at least one page.</summary>
    public UserRange VaddrRange => UserRange.OfLength(Vaddr, Size);

    /// <summary>The process address behind an iova.</summary>
    /// <param name="iova">An iova of the mapping.</param>
    /// <returns>The address.</returns>
    public UserAddress VaddrOf(Iova iova) => Vaddr.Plus(iova.Value - Iova.Value);

    /// <summary>The number of an iova's page, counted from the start of the mapping.</summary>
    /// <param name="iova">An iova of the mapping.</param>
    /// <returns>The index.</returns>
    public ulong PageIndexOf(Iova iova) => (iova.Value - Iova.Value) >> Page.Shift;

    /// <summary>The iova of a page of the mapping.</summary>
    /// <param name="pageIndex">The page's number, counted from the start of the mapping.</param>
    /// <returns>Its first iova.</returns>
    public Iova IovaOfPage(ulong pageIndex) => Iova.PlusPages(pageIndex);

    /// <summary>Reaches for <see cref="MappedPages"/>, as the posted code does without a test (E07, E38).</summary>
    /// <param name="function">The kernel function that does.</param>
    /// <returns>The bitmap.</returns>
    /// <exception cref="KernelOopsException">There is none.</exception>
    internal PageBitmap MappedPagesIn(string function) =>
        HasMappedPages ? MappedPages : throw new KernelOopsException("NULL pointer dereference", function);

    /// <summary>Ends the mapping: from here on the object may become another one.</summary>
    internal void Retire() => SerialNumber++;

    /// <summary>Makes another mapping out of one that was removed.</summary>
    /// <remarks>Its bitmaps keep their memory, so that mapping and unmapping allocates nothing in steady state.</remarks>
    internal DmaMapping Renew(Iova iova, UserAddress vaddr, IommuProt prot, Process task, AddressSpace mm, bool hasLockCap)
    {
        Invariant.Hold(MappedPages.Count == 0 && ExternalPins.Count == 0, "only a mapping that was removed whole is made anew");
        (Iova, Vaddr, Prot, Task, Mm, HasLockCap) = (iova, vaddr, prot, task, mm, hasLockCap);
        (Size, FaultPins, HasMappedPages) = (0, 0, true);
        IsIommuMapped = IsOnDemand = IsVaddrInvalid = IsMappedPagesVirtual = false;
        Watched = null;
        _heldPages?.ClearAll();
        return this;
    }

    /// <inheritdoc/>
    public override string ToString() => $"dma {Iova}+0x{Size:x}";
}
