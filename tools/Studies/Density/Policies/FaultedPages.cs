using System.Numerics;

namespace Iopf.Density.Policies;

/// <summary>What every handler of a device's fault does with the pages it has chosen.</summary>
internal static class FaultedPages
{
    /// <summary>Obtains pages and enters them in the IOMMU; the cost of the first page is part of the fault's own.</summary>
    /// <param name="memory">The guest's memory.</param>
    /// <param name="run">The pages; none of them is mapped.</param>
    /// <param name="now">When, in nanoseconds.</param>
    /// <returns>Nanoseconds beyond the fault's own.</returns>
    public static long Enter(GuestMemory memory, PageRun run, long now)
    {
        long time = 0;
        int free = 1;
        HostMemory host = memory.Host;
        foreach ((int chunk, ushort pages) in memory.Pieces(run))
        {
            time += host.Obtain(chunk, pages, now + time, free);
            time += host.Map(chunk, pages, free);
            free = 0;
        }

        return time;
    }

    /// <summary>Obtains a buffer's pages, enters them and keeps them pinned.</summary>
    /// <param name="guest">The guest.</param>
    /// <param name="buffer">The buffer; none of its pages is mapped.</param>
    /// <param name="now">When, in nanoseconds.</param>
    /// <returns>Nanoseconds for the pages.</returns>
    public static long Pin(DensityGuest guest, MessageBuffer buffer, long now)
    {
        long time = 0;
        HostMemory host = guest.Memory.Host;
        foreach ((int chunk, ushort pages) in guest.Memory.Pieces(buffer))
        {
            time += host.Obtain(chunk, pages, now + time);
            host.Pin(chunk, pages);
            time += host.Map(chunk, pages);
        }

        return time;
    }

    /// <summary>Takes a pinned buffer's pages out of the IOMMU and lets them be reclaimed.</summary>
    /// <param name="guest">The guest.</param>
    /// <param name="buffer">The buffer; all of its pages are pinned.</param>
    /// <returns>How many pages it has.</returns>
    public static int Unpin(DensityGuest guest, MessageBuffer buffer)
    {
        HostMemory host = guest.Memory.Host;
        int count = 0;
        foreach ((int chunk, ushort pages) in guest.Memory.Pieces(buffer))
        {
            host.Unmap(chunk, pages);
            host.Unpin(chunk, pages);
            count += BitOperations.PopCount(pages);
        }

        return count;
    }
}
