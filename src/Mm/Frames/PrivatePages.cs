using Iopf.Kernel;

namespace Iopf.Mm;

/// <summary>The frames of private memory from the one that is next to be reclaimed to the latest, and where each is mapped.</summary>
/// <remarks>
/// Kernel: the anonymous LRU list and the reverse mapping. One list with a second chance stands for the active and the inactive one:
/// a page that the CPU used since it was last looked at goes to the end again, and so does a page that is pinned.
/// </remarks>
internal sealed class PrivatePages(HostKernel kernel, PhysicalMemory memory)
{
    private const int MappingsBeforePruning = 8;

    private readonly Dictionary<ulong, LinkedListNode<Entry>> _byFrame = [];
    private readonly LinkedList<Entry> _order = new();
    private bool _areAged;
    private KernelThread? _reclaimer;

    /// <summary>Whether the order is kept at all.</summary>
    public bool AreAged
    {
        get => _areAged;
        set
        {
            Invariant.Hold(memory.FramesUsedFor(FrameUse.Anonymous) == 0, "reclaim is switched while there is no private page");
            _areAged = value;
        }
    }

    /// <summary>Allocates a frame, reclaiming others at the limit. No lock may be held that a notifier takes.</summary>
    /// <remarks>Kernel: <c>alloc_page(GFP_KERNEL)</c>, whose direct reclaim does not enter itself again.</remarks>
    /// <returns>ENOMEM if nothing could be reclaimed.</returns>
    public Result<Pfn> AllocateByReclaim(FrameUse use)
    {
        if (memory.IsExhausted && _areAged && !ReferenceEquals(_reclaimer, kernel.Scheduler.Current))
        {
            KernelThread? other = _reclaimer;
            _reclaimer = kernel.Scheduler.Current;
            while (memory.IsExhausted && ReclaimOne())
            {
            }

            _reclaimer = other;
        }

        return memory.Allocate(use);
    }

    /// <summary>Notes that a frame is mapped somewhere; a new one is the latest.</summary>
    /// <remarks>Kernel: <c>page_add_anon_rmap</c>, <c>lru_cache_add_inactive_or_unevictable</c>.</remarks>
    public void Mapped(Pfn frame, IFrameMapper mapper, UserAddress page)
    {
        if (_areAged && memory.UseOf(frame) == FrameUse.Anonymous)
        {
            Note(frame, mapper, page);
        }
    }

    /// <summary>Forgets a frame that was freed.</summary>
    public void Forget(ulong frame)
    {
        if (_areAged && _byFrame.Remove(frame, out LinkedListNode<Entry>? node))
        {
            _order.Remove(node);
        }
    }

    // Apart from its caller, which must not allocate while no order is kept.
    private void Note(Pfn frame, IFrameMapper mapper, UserAddress page)
    {
        if (!_byFrame.TryGetValue(frame.Value, out LinkedListNode<Entry>? node))
        {
            node = _order.AddLast(new Entry(frame));
            _byFrame.Add(frame.Value, node);
        }

        List<(IFrameMapper Mapper, UserAddress Page)> mappings = node.Value.Mappings;
        if (mappings.Count >= MappingsBeforePruning)
        {
            mappings.RemoveAll(mapping => !mapping.Mapper.IsMapped(mapping.Page, frame));
        }

        mappings.Add((mapper, page));
    }

    /// <remarks>Kernel: <c>shrink_page_list</c>. After two rounds every page had its second chance.</remarks>
    private bool ReclaimOne()
    {
        for (int left = 2 * _order.Count; left > 0 && _order.First is { } oldest; left--)
        {
            Entry entry = oldest.Value;
            if (!WasUsed(entry) && memory.PinCountOf(entry.Frame) == 0)
            {
                SwapOut(entry);
                if (!_byFrame.ContainsKey(entry.Frame.Value))
                {
                    return true;
                }
            }

            if (ReferenceEquals(oldest.List, _order))
            {
                _order.Remove(oldest);
                _order.AddLast(oldest);
            }
        }

        return false;
    }

    private static bool WasUsed(Entry entry)
    {
        bool wasUsed = false;
        foreach ((IFrameMapper mapper, UserAddress page) in entry.Mappings)
        {
            wasUsed |= mapper.WasUsed(page, entry.Frame);
        }

        return wasUsed;
    }

    private static void SwapOut(Entry entry)
    {
        // A notifier may map or unmap the page meanwhile.
        foreach ((IFrameMapper mapper, UserAddress page) in entry.Mappings.ToArray())
        {
            if (mapper.IsMapped(page, entry.Frame))
            {
                mapper.SwapOut(page);
            }
        }
    }

    private sealed class Entry(Pfn frame)
    {
        public Pfn Frame { get; } = frame;

        public List<(IFrameMapper Mapper, UserAddress Page)> Mappings { get; } = [];
    }
}
