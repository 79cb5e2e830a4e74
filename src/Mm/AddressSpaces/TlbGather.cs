using Iopf.Kernel;

namespace Iopf.Mm;

/// <summary>Frames whose entries were cleared, held until the TLBs forgot them.</summary>
/// <remarks>Kernel: <c>struct mmu_gather</c>.</remarks>
internal sealed class TlbGather
{
    /// <summary>How many frames are held back before a flush is forced, with the page table lock held.</summary>
    /// <remarks>Kernel: <c>MAX_GATHER_BATCH_COUNT</c> batches of a page each.</remarks>
    public const int FramesMax = 10_200;

    private readonly AddressSpace _mm;
    private readonly List<Pfn> _frames = [];
    private ulong _first = ulong.MaxValue;
    private ulong _last;

    private TlbGather(AddressSpace mm) => _mm = mm;

    /// <summary>Whether no further frame fits before a flush.</summary>
    public bool IsFull => _frames.Count >= FramesMax;

    /// <summary>Begins with nothing gathered; <see cref="Finish"/> ends it.</summary>
    /// <remarks>Kernel: <c>tlb_gather_mmu</c>. Several threads may gather at a time; what they used is kept for the next.</remarks>
    public static TlbGather Begin(AddressSpace mm) => mm.SpareGathers.TryPop(out TlbGather? spare) ? spare : new TlbGather(mm);

    /// <summary>Notes that the entry of a page was cleared.</summary>
    public void AddCleared(UserAddress page)
    {
        _first = Math.Min(_first, page.Value);
        _last = Math.Max(_last, page.Value | Page.OffsetMask);
    }

    /// <summary>Takes over the reference that a cleared entry had.</summary>
    public void AddFrame(Pfn frame) => _frames.Add(frame);

    /// <summary>Takes over a table that was unhooked.</summary>
    public void AddTable(Pfn table, UserAddress firstCovered)
    {
        AddCleared(firstCovered);
        _frames.Add(table);
    }

    /// <summary>Has the TLBs, those of devices included, forget what was cleared since the last flush.</summary>
    /// <remarks>Kernel: <c>tlb_flush_mmu_tlbonly</c>. May run under the page table lock.</remarks>
    public void FlushTlb()
    {
        if (_first <= _last)
        {
            _mm.Notifiers.InvalidateRange(new UserRange(new UserAddress(_first), new UserAddress(_last)));
            _first = ulong.MaxValue;
            _last = 0;
        }
    }

    /// <summary>Flushes, then lets go of the frames.</summary>
    /// <remarks>Kernel: <c>tlb_flush_mmu</c>.</remarks>
    public void FlushAndFree()
    {
        FlushTlb();
        foreach (Pfn frame in _frames)
        {
            _mm.Memory.Put(frame);
        }

        _frames.Clear();
    }

    /// <summary>Flushes, lets go of the frames, and ends the gathering.</summary>
    /// <remarks>Kernel: <c>tlb_finish_mmu</c>.</remarks>
    public void Finish()
    {
        FlushAndFree();
        _mm.SpareGathers.Push(this);
    }
}
