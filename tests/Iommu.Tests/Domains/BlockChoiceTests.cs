using Iopf.Iommu.Tests.Lpae;
using Iopf.Kernel;

namespace Iopf.Iommu.Tests.Domains;

/// <summary>How the core cuts a request into blocks, and what it gathers: baseline.md 1.8.</summary>
public sealed class BlockChoiceTests
{
    private const ulong Block = 0x20_0000;
    private const ulong BigBlock = 0x4000_0000;
    private const IommuProt ReadWrite = IommuProt.Read | IommuProt.Write;
    private readonly TableDomain _domain = new();

    [Fact]
    public void A_request_grows_into_larger_blocks_and_shrinks_again_with_the_alignment_and_the_rest()
    {
        ulong first = BigBlock - Block - Page.Size;

        Map(first, first, Page.Size + Block + BigBlock + Block + Page.Size);

        Assert.Equal([Page.Size, Block, BigBlock, Block, Page.Size], SizesOfEntries());
    }

    [Theory]
    [InlineData(Block, Page.Size)]
    [InlineData(Page.Size, Block)]
    public void An_iova_and_a_physical_address_that_are_not_aligned_alike_go_page_by_page(ulong iova, ulong physicalAddress)
    {
        Map(iova, physicalAddress, Block);

        Assert.Equal(512, SizesOfEntries().Count);
    }

    [Fact]
    public void Alignment_to_two_megabytes_only_keeps_a_gigabyte_in_blocks_of_two_megabytes()
    {
        Map(BigBlock, Block, BigBlock);

        Assert.Equal(512, SizesOfEntries().Count);
        Assert.All(SizesOfEntries(), size => Assert.Equal(Block, size));
    }

    [Fact]
    public void A_gigabyte_at_0_is_one_block() => Assert.Equal([BigBlock], SizesAfter(0, 0, BigBlock));

    [Fact]
    public void Mapping_and_unmapping_nothing_succeed_and_do_nothing()
    {
        Assert.Equal(Errno.None, _domain.Map(new Iova(0x1000), 0x9000, 0, ReadWrite));
        Assert.Equal(0UL, _domain.Unmap(new Iova(0x1000), 0));

        Assert.Empty(SizesOfEntries());
        Assert.Equal(0, _domain.Table.Warnings);
    }

    [Fact]
    public void Unmapping_looks_at_the_iova_only_so_that_pages_may_go_as_one_table()
    {
        Map(Block, Page.Size, Block);
        Assert.Equal(512, SizesOfEntries().Count);

        Assert.Equal(Block, _domain.Unmap(new Iova(Block), Block));

        Assert.Equal([$"walk 0x{Block:x} 0x{Block:x}"], _domain.Forgotten);
    }

    [Fact]
    public void The_plain_unmap_ends_with_a_sync_and_the_fast_one_leaves_it_to_the_caller()
    {
        Map(0x1000, 0x9000, 0x2000);
        IotlbGather gather = default;

        Assert.Equal(0x1000UL, _domain.UnmapFast(new Iova(0x1000), 0x1000, ref gather));
        Assert.Empty(_domain.Forgotten);
        Assert.Equal(0x1000UL, _domain.Unmap(new Iova(0x2000), 0x1000));

        Assert.Equal(["sync 0x2000-0x2fff by 0x1000"], _domain.Forgotten);
        Assert.Equal(new IotlbGather { First = 0x1000, Last = 0x1fff, PageSize = 0x1000 }, gather);
    }

    [Fact]
    public void A_page_that_is_not_adjacent_has_the_gathered_ones_forgotten_first()
    {
        Map(0x1000, 0x9000, 0x1000);
        Map(0x5000, 0xa000, 0x1000);
        IotlbGather gather = default;

        _domain.UnmapFast(new Iova(0x1000), 0x1000, ref gather);
        _domain.UnmapFast(new Iova(0x5000), 0x1000, ref gather);
        Assert.Equal(["sync 0x1000-0x1fff by 0x1000"], _domain.Forgotten);
        _domain.SyncIotlb(ref gather);

        Assert.Equal(["sync 0x1000-0x1fff by 0x1000", "sync 0x5000-0x5fff by 0x1000"], _domain.Forgotten);
    }

    [Fact]
    public void Pages_from_above_downwards_are_gathered_too()
    {
        Map(0x1000, 0x9000, 0x3000);
        IotlbGather gather = default;

        _domain.UnmapFast(new Iova(0x3000), 0x1000, ref gather);
        _domain.UnmapFast(new Iova(0x2000), 0x1000, ref gather);
        _domain.UnmapFast(new Iova(0x1000), 0x1000, ref gather);
        _domain.SyncIotlb(ref gather);

        Assert.Equal(["sync 0x1000-0x3fff by 0x1000"], _domain.Forgotten);
    }

    [Fact]
    public void A_table_that_goes_away_neither_joins_the_gathered_pages_nor_has_them_forgotten()
    {
        Map(Block - 0x1000, 0x9000, 0x1000);
        Map(Block + 0x1000, 0xa000, 0x1000);
        IotlbGather gather = default;

        Assert.Equal(0x1000 + Block, _domain.UnmapFast(new Iova(Block - 0x1000), 0x1000 + Block, ref gather));
        Assert.Equal([$"walk 0x{Block:x} 0x{Block:x}"], _domain.Forgotten);
        _domain.SyncIotlb(ref gather);

        Assert.Equal($"sync 0x{Block - 0x1000:x}-0x{Block - 1:x} by 0x1000", _domain.Forgotten[1]);
        Assert.True(gather.IsEmpty);
    }

    [Fact]
    public void A_synced_gather_starts_anew()
    {
        Map(0x1000, 0x9000, 0x1000);
        IotlbGather gather = default;
        _domain.UnmapFast(new Iova(0x1000), 0x1000, ref gather);

        _domain.SyncIotlb(ref gather);
        _domain.SyncIotlb(ref gather);

        Assert.Equal(default, gather);
        Assert.Single(_domain.Forgotten);
    }

    [Fact]
    public void A_request_that_fails_in_the_middle_leaves_neighbours_that_were_there_before()
    {
        Map(0x1000, 0x9000, 0x1000);
        Map(Block, 4 * Block, Block);

        Assert.Equal(Errno.EEXIST, _domain.Map(new Iova(0x2000), 0x2000, Block, ReadWrite));

        Assert.Equal([0x1000, Block], SizesOfEntries());
        Assert.Equal(0x9000UL, _domain.IovaToPhysical(new Iova(0x1000)));
    }

    [Fact]
    public void A_request_that_fails_beyond_the_last_iova_is_taken_back_as_well()
    {
        ulong lastPage = (1UL << 48) - Page.Size;

        Assert.Equal(Errno.ERANGE, _domain.Map(new Iova(lastPage), 0x9000, 0x2000, ReadWrite));

        Assert.Empty(SizesOfEntries());
    }

    [Fact]
    public void A_page_that_leads_to_physical_address_0_is_told_from_no_page()
    {
        Map(0x1000, 0, 0x1000);

        Assert.Equal(0UL, _domain.IovaToPhysical(new Iova(0x1000)));
        Assert.Null(_domain.IovaToPhysical(new Iova(0x2000)));
    }

    private void Map(ulong iova, ulong physicalAddress, ulong size) =>
        Assert.Equal(Errno.None, _domain.Map(new Iova(iova), physicalAddress, size, ReadWrite));

    private List<ulong> SizesAfter(ulong iova, ulong physicalAddress, ulong size)
    {
        Map(iova, physicalAddress, size);
        return SizesOfEntries();
    }

    private List<ulong> SizesOfEntries()
    {
        List<ulong> sizes = [];
        _domain.VisitEntries((_, _, size) => sizes.Add(size));
        return sizes;
    }
}
