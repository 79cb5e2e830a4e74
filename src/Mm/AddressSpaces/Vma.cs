using Iopf.Kernel;

namespace Iopf.Mm;

/// <summary>A memory area: adjacent pages of one kind with the same access.</summary>
/// <remarks>Kernel: <c>struct vm_area_struct</c>. Changed only under the mmap write lock.</remarks>
internal sealed class Vma(UserRange range, MemoryAccess access, VmaKind kind)
{
    /// <summary>The bytes of the area: whole pages.</summary>
    public UserRange Range { get; set; } = range;

    /// <summary>What the process may do.</summary>
    public MemoryAccess Access { get; set; } = access;

    public VmaKind Kind { get; } = kind;

    /// <summary>The device's frame behind the area's first page.</summary>
    public Pfn FirstFrame { get; set; }

    /// <summary>The shared memory object behind the area.</summary>
    public SharedObject? Shared { get; init; }

    /// <summary>The number of the area's first page in <see cref="Shared"/>.</summary>
    public ulong FirstPageIndex { get; set; }

    /// <summary>Whether private pages may exist here, so that fork has to look.</summary>
    public bool HasAnonymousPages { get; set; }

    /// <summary>Whether missing pages are user space's affair.</summary>
    /// <remarks>Kernel: <c>VM_UFFD_MISSING</c>.</remarks>
    public bool IsUserfaultMissing { get; set; }

    /// <summary>Whether missing pages are mapped 2 MiB at a time where the area holds them.</summary>
    /// <remarks>Kernel: <c>VM_HUGEPAGE</c>.</remarks>
    public bool WantsHugePages { get; set; }

    public bool IsWritable => (Access & MemoryAccess.Write) != 0;

    /// <summary>The frame of a device behind an address.</summary>
    public Pfn DeviceFrameOf(UserAddress address) => FirstFrame.Plus(address.PageNumber - Range.First.PageNumber);

    /// <summary>The number of an address's page in the shared memory object.</summary>
    public ulong PageIndexOf(UserAddress address) => FirstPageIndex + (address.PageNumber - Range.First.PageNumber);

    /// <summary>The addresses behind some pages of the shared memory object, or <see langword="null"/> if none of them is mapped here.</summary>
    public UserRange? PartOf(ulong firstPageIndex, ulong lastPageIndex)
    {
        ulong first = Math.Max(firstPageIndex, FirstPageIndex);
        ulong last = Math.Min(lastPageIndex, FirstPageIndex + Range.PageCount - 1);
        return first <= last ? UserRange.OfPages(Range.First.PlusPages(first - FirstPageIndex), last - first + 1) : null;
    }

    /// <summary>An area of the same kind for part of the range, or for a copy of that part elsewhere.</summary>
    public Vma Part(UserRange part, UserAddress at)
    {
        ulong skipped = part.First.PageNumber - Range.First.PageNumber;
        return new Vma(UserRange.OfLength(at, part.Length), Access, Kind)
        {
            FirstFrame = FirstFrame.Plus(skipped),
            Shared = Shared,
            FirstPageIndex = FirstPageIndex + skipped,
            HasAnonymousPages = HasAnonymousPages,
            IsUserfaultMissing = IsUserfaultMissing,
            WantsHugePages = WantsHugePages,
        };
    }

    /// <summary>Whether the area goes on in another one that starts where it ends.</summary>
    public bool ContinuesIn(Vma next) =>
        next.Range.First.Value == Range.Last.Value + 1
        && next.Access == Access
        && next.Kind == Kind
        && next.IsUserfaultMissing == IsUserfaultMissing
        && next.WantsHugePages == WantsHugePages
        && ReferenceEquals(next.Shared, Shared)
        && (Shared is null || next.FirstPageIndex == FirstPageIndex + Range.PageCount)
        && (Kind != VmaKind.PfnMap || next.FirstFrame == FirstFrame.Plus(Range.PageCount));
}
