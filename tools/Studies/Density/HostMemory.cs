using System.Numerics;
using Iopf.Kernel;

namespace Iopf.Density;

/// <summary>The frames that guests share: who gets one, and who loses one when there is none left.</summary>
/// <remarks>
/// Reclaim takes the chunk that was used least recently. Its pages leave the IOMMU first, which is what the MMU notifier is for, and then go to the swap device.
/// Pinned pages stay; a chunk that has no others is not in the order. Every answer in nanoseconds is the time of whoever asked.
/// </remarks>
/// <param name="frames">Frames, in pages.</param>
/// <param name="options">What things cost.</param>
/// <param name="costs">What the steps of a fault cost.</param>
internal sealed class HostMemory(long frames, DensityOptions options, CostOptions costs)
{
    private readonly long _populatePage = costs.PremappedPageNanoseconds * options.PopulatePercent / 100;
    private readonly long _enterPage = costs.PremappedPageNanoseconds - (costs.PremappedPageNanoseconds * options.PopulatePercent / 100);
    private Chunk[] _chunks = new Chunk[1 << 16];
    private int _count;
    private int _oldest = -1;
    private int _newest = -1;

    /// <summary>Frames of the host that guests may have.</summary>
    public long Frames => frames;

    /// <summary>Frames in use.</summary>
    public long Resident { get; private set; }

    /// <summary>Frames that may not be reclaimed.</summary>
    public long Pinned { get; private set; }

    /// <summary>Pages that IOMMUs translate.</summary>
    public long Mapped { get; private set; }

    /// <summary>Pages on the swap device.</summary>
    public long Swapped { get; private set; }

    /// <summary>Whether reclaim and the swap device take no time, while the order of reclaim settles.</summary>
    public bool IsSettling { get; set; }

    /// <summary>What happened so far.</summary>
    public PageCounts Counts { get; } = new();

    /// <summary>Where reclaimed pages go.</summary>
    public SwapDevice Swap { get; } = new(options);

    /// <summary>Makes room to describe more chunks.</summary>
    /// <param name="count">How many.</param>
    /// <returns>The number of the first of them.</returns>
    public int Describe(int count)
    {
        int first = _count;
        _count += count;
        if (_count > _chunks.Length)
        {
            Array.Resize(ref _chunks, Math.Max(_count, _chunks.Length * 2));
        }

        for (int i = first; i < _count; i++)
        {
            (_chunks[i].Older, _chunks[i].Newer) = (-1, -1);
        }

        return first;
    }

    /// <summary>A chunk as it is.</summary>
    /// <param name="number">Its number.</param>
    /// <returns>The chunk, to look at.</returns>
    public ref readonly Chunk this[int number] => ref _chunks[number];

    /// <summary>Gives a guest all of its memory, pinned and mapped, for good.</summary>
    /// <param name="pages">Pages; there are frames for them.</param>
    /// <returns>Nanoseconds for all of them.</returns>
    public long PinWhole(long pages)
    {
        Resident += pages;
        Pinned += pages;
        Mapped += pages;
        Counts.Obtained += pages;
        Counts.Mapped += pages;
        return pages * costs.PremappedPageNanoseconds;
    }

    /// <summary>Marks a chunk as the one used last.</summary>
    /// <param name="number">The chunk.</param>
    public void Touch(int number)
    {
        if (_chunks[number].IsListed && _newest != number)
        {
            Unlist(number);
            List(number);
        }
    }

    /// <summary>Sees to it that pages have frames.</summary>
    /// <param name="number">Their chunk, which counts as used.</param>
    /// <param name="pages">The bits of the pages.</param>
    /// <param name="now">When, in nanoseconds.</param>
    /// <param name="free">Pages whose obtaining is part of another cost.</param>
    /// <returns>Nanoseconds for new pages, for reclaim, and for reading back.</returns>
    public long Obtain(int number, ushort pages, long now, int free = 0)
    {
        ushort missing = (ushort)(pages & ~_chunks[number].Resident);
        if (missing == 0)
        {
            Touch(number);
            return 0;
        }

        // What went out together comes back together. A chunk that is being filled must not be its own victim.
        Unlist(number);
        ushort swapped = _chunks[number].Swapped;
        ushort back = (missing & swapped) == 0 ? (ushort)0 : swapped;
        missing |= back;
        int count = BitOperations.PopCount(missing);
        long time = MakeRoom(count, now);
        time += Math.Max(0, count - BitOperations.PopCount(back) - free) * _populatePage;
        time += ReadBack(BitOperations.PopCount(back), now + time);
        ref Chunk chunk = ref _chunks[number];
        chunk.Resident |= missing;
        chunk.Swapped &= (ushort)~back;
        Resident += count;
        Counts.Obtained += count;
        ListIfReclaimable(number);
        return time;
    }

    /// <summary>Enters resident pages in the IOMMU.</summary>
    /// <param name="number">Their chunk.</param>
    /// <param name="pages">The bits of the pages, none of them entered.</param>
    /// <param name="free">Pages whose entering is part of another cost.</param>
    /// <returns>Nanoseconds.</returns>
    public long Map(int number, ushort pages, int free = 0)
    {
        int count = BitOperations.PopCount(pages);
        _chunks[number].Mapped |= pages;
        Mapped += count;
        Counts.Mapped += count;
        return (count - free) * _enterPage;
    }

    /// <summary>Takes pages out of the IOMMU.</summary>
    /// <param name="number">Their chunk.</param>
    /// <param name="pages">The bits of the pages, all of them entered.</param>
    public void Unmap(int number, ushort pages)
    {
        int count = BitOperations.PopCount(pages);
        _chunks[number].Mapped &= (ushort)~pages;
        Mapped -= count;
        Counts.Unmapped += count;
    }

    /// <summary>Keeps resident pages from being reclaimed.</summary>
    /// <param name="number">Their chunk.</param>
    /// <param name="pages">The bits of the pages, none of them pinned.</param>
    public void Pin(int number, ushort pages)
    {
        _chunks[number].Pinned |= pages;
        Pinned += BitOperations.PopCount(pages);
        if (_chunks[number].Reclaimable == 0)
        {
            Unlist(number);
        }
    }

    /// <summary>Lets pages be reclaimed again; they count as used now.</summary>
    /// <param name="number">Their chunk.</param>
    /// <param name="pages">The bits of the pages, all of them pinned.</param>
    public void Unpin(int number, ushort pages)
    {
        _chunks[number].Pinned &= (ushort)~pages;
        Pinned -= BitOperations.PopCount(pages);
        Unlist(number);
        ListIfReclaimable(number);
    }

    private long MakeRoom(int pages, long now)
    {
        long time = 0;
        while (Resident + pages > frames)
        {
            Invariant.Hold(_oldest >= 0, "there is always a chunk that is not pinned: admission leaves room for what guests pin");
            time += Reclaim(_oldest, now + time);
        }

        return time;
    }

    private long ReadBack(int pages, long now)
    {
        Swapped -= pages;
        Counts.SwappedIn += pages;
        return pages == 0 || IsSettling ? 0 : Swap.Read(now, pages);
    }

    private long Reclaim(int victim, long now)
    {
        Unlist(victim);
        ref Chunk chunk = ref _chunks[victim];
        ushort taken = chunk.Reclaimable;
        int count = BitOperations.PopCount(taken);
        long time = (long)count * options.ReclaimPageNanoseconds;
        ushort lost = (ushort)(chunk.Mapped & taken);
        if (lost != 0)
        {
            chunk.Lost |= lost;
            Unmap(victim, lost);
            time += options.InvalidateNanoseconds;
        }

        chunk.Swapped |= taken;
        chunk.Resident &= chunk.Pinned;
        Resident -= count;
        Swapped += count;
        Counts.Reclaimed += count;
        if (IsSettling)
        {
            return 0;
        }

        Swap.Write(now, count);
        return time;
    }

    private void ListIfReclaimable(int number)
    {
        if (_chunks[number].Reclaimable != 0)
        {
            List(number);
        }
    }

    private void List(int number)
    {
        ref Chunk chunk = ref _chunks[number];
        if (chunk.IsListed)
        {
            return;
        }

        (chunk.IsListed, chunk.Older, chunk.Newer) = (true, _newest, -1);
        if (_newest >= 0)
        {
            _chunks[_newest].Newer = number;
        }
        else
        {
            _oldest = number;
        }

        _newest = number;
    }

    private void Unlist(int number)
    {
        ref Chunk chunk = ref _chunks[number];
        if (!chunk.IsListed)
        {
            return;
        }

        chunk.IsListed = false;
        if (chunk.Older >= 0)
        {
            _chunks[chunk.Older].Newer = chunk.Newer;
        }
        else
        {
            _oldest = chunk.Newer;
        }

        if (chunk.Newer >= 0)
        {
            _chunks[chunk.Newer].Older = chunk.Older;
        }
        else
        {
            _newest = chunk.Older;
        }
    }
}
