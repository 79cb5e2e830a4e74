using Iopf.Kernel;

namespace Iopf.Mm;

/// <summary>Contents of pages that were swapped out, each in a slot that one or more page tables refer to.</summary>
/// <remarks>Kernel: a swap device and its <c>swap_map</c>. There is no swap cache: every swap-in makes a copy of its own.</remarks>
/// <param name="contents">The contents of frames.</param>
internal sealed class SwapStore(FrameContents contents)
{
    private readonly Dictionary<ulong, Slot> _slots = [];
    private ulong _next = 1;

    /// <summary>How many slots are taken.</summary>
    public int Count => _slots.Count;

    /// <summary>Takes a slot with one user for a frame whose contents may still change until <see cref="Fill"/>.</summary>
    public ulong Reserve(Pfn frame)
    {
        ulong number = _next++;
        _slots.Add(number, new Slot { Source = frame });
        return number;
    }

    /// <summary>Stores the frame's contents, unless everybody read the slot back already.</summary>
    public void Fill(ulong number, Pfn frame)
    {
        if (_slots.TryGetValue(number, out Slot? slot))
        {
            slot.Words = (ulong[]?)contents.Find(frame.Value)?.Clone();
            slot.Source = null;
        }
    }

    /// <summary>Adds a user to a slot (fork).</summary>
    public void Share(ulong number) => _slots[number].Users++;

    /// <summary>Fills a frame of zeros with a slot's contents.</summary>
    public void Load(ulong number, Pfn frame)
    {
        Slot slot = _slots[number];
        if (slot.Source is { } source)
        {
            contents.Copy(source.Value, frame.Value);
        }
        else if (slot.Words is { } words)
        {
            words.CopyTo(contents.Materialize(frame.Value), 0);
        }
    }

    /// <summary>Drops a user; the last one frees the slot.</summary>
    public void Drop(ulong number)
    {
        Slot slot = _slots[number];
        if (--slot.Users == 0)
        {
            _slots.Remove(number);
        }
    }

    private sealed class Slot
    {
        public Pfn? Source { get; set; }

        public ulong[]? Words { get; set; }

        public int Users { get; set; } = 1;
    }
}
