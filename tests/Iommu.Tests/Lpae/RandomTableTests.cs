using Iopf.Iommu.Lpae;
using Iopf.Kernel;

namespace Iopf.Iommu.Tests.Lpae;

/// <summary>Seeded sequences of maps and unmaps of any block size, against a dictionary of pages.</summary>
public sealed class RandomTableTests
{
    private const ulong Pages = 4096;

    [Theory]
    [InlineData(LpaeStage.Stage1, 1)]
    [InlineData(LpaeStage.Stage1, 2)]
    [InlineData(LpaeStage.Stage2, 3)]
    [InlineData(LpaeStage.Stage2, 4)]
    public void A_table_says_what_a_dictionary_of_pages_says(LpaeStage stage, int seed)
    {
        Random random = new(seed);
        TableDomain domain = new(stage);
        Dictionary<ulong, ulong> pages = [];
        long emptyFrames = domain.Memory.AllocatedFrames;

        for (int step = 0; step < 2000; step++)
        {
            ulong count = random.Next(3) == 0 ? 512UL * (ulong)random.Next(1, 4) : (ulong)random.Next(1, 20);
            ulong first = (ulong)random.Next((int)(Pages - count)) & ~(count >= 512 ? 511UL : 0);
            if (random.Next(2) == 0)
            {
                Map(domain, pages, first, (ulong)random.Next(1 << 20) << (count >= 512 ? 9 : 0), count);
            }
            else
            {
                Unmap(domain, pages, first, count);
            }

            ulong probe = (ulong)random.Next((int)Pages);
            Assert.Equal(pages.TryGetValue(probe, out ulong frame) ? frame << Page.Shift : null, domain.IovaToPhysical(At(probe)));
        }

        ulong entered = 0;
        domain.VisitEntries((_, _, size) => entered += size >> Page.Shift);
        Assert.Equal((ulong)pages.Count, entered);
        domain.Free();
        Assert.Equal(emptyFrames - 1, domain.Memory.AllocatedFrames);
    }

    private static Iova At(ulong page) => new(page << Page.Shift);

    private static void Map(TableDomain domain, Dictionary<ulong, ulong> pages, ulong first, ulong frame, ulong count)
    {
        // The owner of a domain keeps ranges apart: what is live is not mapped again.
        for (ulong page = first; page < first + count; page++)
        {
            if (pages.ContainsKey(page))
            {
                return;
            }
        }

        Assert.Equal(Errno.None, domain.Map(At(first), frame << Page.Shift, count << Page.Shift, IommuProt.Read | IommuProt.Write));
        for (ulong page = 0; page < count; page++)
        {
            pages[first + page] = frame + page;
        }
    }

    private static void Unmap(TableDomain domain, Dictionary<ulong, ulong> pages, ulong first, ulong count)
    {
        ulong expected = 0;
        while (expected < count && pages.ContainsKey(first + expected))
        {
            expected++;
        }

        // A large aligned request takes a whole table out at once, holes and all; ask for single pages where there are holes.
        if (expected < count && count >= 512)
        {
            return;
        }

        Assert.Equal(expected << Page.Shift, domain.Unmap(At(first), count << Page.Shift));
        for (ulong page = first; page < first + expected; page++)
        {
            pages.Remove(page);
        }
    }
}
