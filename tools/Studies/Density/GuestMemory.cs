using System.Numerics;

namespace Iopf.Density;

/// <summary>One guest's memory: which of its pages the host's chunks describe. Only regions that were ever used are described.</summary>
/// <param name="host">The host's memory.</param>
/// <param name="pages">How many pages the guest has.</param>
internal sealed class GuestMemory(HostMemory host, int pages)
{
    private const int RegionChunks = 32;

    private readonly int[] _regions = NewRegions(pages);

    /// <summary>The host's memory.</summary>
    public HostMemory Host => host;

    /// <summary>How many pages the guest has.</summary>
    public int Pages => pages;

    /// <summary>Whether all of it is pinned and mapped for good, so that nothing can be missing.</summary>
    public bool IsWhole { get; private set; }

    /// <summary>Pins and maps all of it for good.</summary>
    /// <returns>Nanoseconds.</returns>
    public long PinWhole()
    {
        IsWhole = true;
        return host.PinWhole(pages);
    }

    /// <summary>The chunk that describes a page.</summary>
    /// <param name="page">The page.</param>
    /// <returns>The number of the chunk.</returns>
    public int ChunkOf(int page)
    {
        ref int region = ref _regions[page / (RegionChunks * Chunk.Pages)];
        if (region < 0)
        {
            region = host.Describe(RegionChunks);
        }

        return region + (page / Chunk.Pages % RegionChunks);
    }

    /// <summary>Whether the device's IOMMU translates a page.</summary>
    /// <param name="page">The page.</param>
    /// <returns>Whether it does.</returns>
    public bool IsMapped(int page) => IsWhole || (host[ChunkOf(page)].Mapped & Chunk.Bits(page % Chunk.Pages, 1)) != 0;

    /// <summary>Whether the device's IOMMU translates all of a buffer.</summary>
    /// <param name="buffer">The buffer.</param>
    /// <param name="isUsed">Whether what is translated counts as used.</param>
    /// <returns>Whether it does.</returns>
    public bool AreMapped(MessageBuffer buffer, bool isUsed)
    {
        foreach (PageRun run in buffer.Runs)
        {
            for (int page = run.First, end = run.First + run.Count; page < end;)
            {
                int count = Math.Min(end - page, Chunk.Pages - (page % Chunk.Pages));
                int chunk = ChunkOf(page);
                if ((Chunk.Bits(page % Chunk.Pages, count) & ~host[chunk].Mapped) != 0)
                {
                    return false;
                }

                if (isUsed)
                {
                    host.Touch(chunk);
                }

                page += count;
            }
        }

        return true;
    }

    /// <summary>The pieces of a run that lie in one chunk each.</summary>
    /// <param name="run">The run.</param>
    /// <returns>Chunks and the bits of their pages.</returns>
    public IEnumerable<(int Chunk, ushort Pages)> Pieces(PageRun run)
    {
        for (int page = run.First, end = run.First + run.Count; page < end;)
        {
            int count = Math.Min(end - page, Chunk.Pages - (page % Chunk.Pages));
            yield return (ChunkOf(page), Chunk.Bits(page % Chunk.Pages, count));
            page += count;
        }
    }

    /// <summary>The pieces of a buffer that lie in one chunk each.</summary>
    /// <param name="buffer">The buffer.</param>
    /// <returns>Chunks and the bits of their pages.</returns>
    public IEnumerable<(int Chunk, ushort Pages)> Pieces(MessageBuffer buffer)
    {
        foreach (PageRun run in buffer.Runs)
        {
            for (int page = run.First, end = run.First + run.Count; page < end;)
            {
                int count = Math.Min(end - page, Chunk.Pages - (page % Chunk.Pages));
                yield return (ChunkOf(page), Chunk.Bits(page % Chunk.Pages, count));
                page += count;
            }
        }
    }

    /// <summary>The guest's CPU uses a chunk.</summary>
    /// <param name="page">A page of the chunk.</param>
    /// <param name="now">When, in nanoseconds.</param>
    /// <param name="faultNanoseconds">What a fault costs, apart from the pages.</param>
    /// <returns>Nanoseconds; 0 if all of the chunk is there.</returns>
    public long Use(int page, long now, long faultNanoseconds)
    {
        if (IsWhole)
        {
            return 0;
        }

        int chunk = ChunkOf(page);
        if (host[chunk].Resident == ushort.MaxValue)
        {
            host.Touch(chunk);
            return 0;
        }

        host.Counts.CpuRefaults += host[chunk].Swapped == 0 ? 0 : 1;
        return faultNanoseconds + host.Obtain(chunk, ushort.MaxValue, now + faultNanoseconds);
    }

    /// <summary>How many pages from one on are not mapped, up to a bound and to the end of memory.</summary>
    /// <param name="page">The first page; it is not mapped.</param>
    /// <param name="most">The bound.</param>
    /// <returns>From 1.</returns>
    public int Unmapped(int page, int most)
    {
        int end = (int)Math.Min(pages, (long)page + most);
        int at = page;
        while (at < end)
        {
            int inChunk = Math.Min(end - at, Chunk.Pages - (at % Chunk.Pages));
            int clear = BitOperations.TrailingZeroCount(host[ChunkOf(at)].Mapped >> (at % Chunk.Pages));
            if (clear < inChunk)
            {
                return at + clear - page;
            }

            at += inChunk;
        }

        return end - page;
    }

    private static int[] NewRegions(int pages)
    {
        int[] regions = new int[(pages / (RegionChunks * Chunk.Pages)) + 1];
        Array.Fill(regions, -1);
        return regions;
    }
}
