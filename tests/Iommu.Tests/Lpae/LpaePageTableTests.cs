using Iopf.Kernel;

namespace Iopf.Iommu.Tests.Lpae;

/// <summary>Translation tables with a 4 KiB granule, and the core over them: baseline.md 7.3.</summary>
public sealed class LpaePageTableTests
{
    private const ulong Block = 0x20_0000;
    private const IommuProt ReadWrite = IommuProt.Read | IommuProt.Write;
    private readonly TableDomain _domain = new();

    [Fact, Trait("Fact", "T080")]
    public void A_page_over_a_page_is_EEXIST()
    {
        Map(0x1000, 0x9000, 0x1000);

        Assert.Equal(Errno.EEXIST, _domain.Map(new Iova(0x1000), 0xa000, 0x1000, ReadWrite));
        Assert.Equal(0x9000UL, _domain.IovaToPhysical(new Iova(0x1000)));
    }

    [Fact, Trait("Fact", "T081")]
    public void A_page_inside_a_block_is_EEXIST()
    {
        Map(Block, 4 * Block, Block);

        Assert.Equal(Errno.EEXIST, _domain.Map(new Iova(Block + 0x5000), 0xa000, 0x1000, ReadWrite));
    }

    [Fact, Trait("Fact", "T082")]
    public void A_block_over_pages_takes_their_place()
    {
        Map(Block + 0x1000, 0x9000, 0x1000);
        long frames = _domain.Memory.AllocatedFrames;

        Assert.Equal(Errno.None, _domain.Map(new Iova(Block), 4 * Block, Block, ReadWrite));

        Assert.Equal((4 * Block) + 0x1234, _domain.IovaToPhysical(new Iova(Block + 0x1234)));
        Assert.Equal(frames - 1, _domain.Memory.AllocatedFrames);
        Assert.Equal([$"walk 0x{Block:x} 0x{Block:x}"], _domain.Forgotten);
    }

    // The table that was looked for last is remembered: it must not be once its frame may be somebody else's.
    [Fact]
    public void A_table_that_a_block_replaced_is_not_written_to_any_more()
    {
        Map(Block + 0x1000, 0x9000, 0x1000);
        Map(Block, 4 * Block, Block);

        Assert.Equal(Errno.EEXIST, _domain.Map(new Iova(Block + 0x2000), 0xa000, 0x1000, ReadWrite));
        Assert.Equal(0x1000UL, _domain.Unmap(new Iova(Block + 0x2000), 0x1000));
        Map(Block + 0x2000, 0xb000, 0x1000);

        Assert.Equal(0xb000UL, _domain.IovaToPhysical(new Iova(Block + 0x2000)));
        Assert.Equal((4 * Block) + 0x3000, _domain.IovaToPhysical(new Iova(Block + 0x3000)));
    }

    [Fact, Trait("Fact", "T083")]
    public void A_page_taken_out_of_a_block_leaves_the_other_511()
    {
        Map(Block, 4 * Block, Block);

        Assert.Equal(0x1000UL, _domain.Unmap(new Iova(Block + 0x7000), 0x1000));

        for (ulong page = 0; page < 512; page++)
        {
            ulong offset = page << Page.Shift;
            Assert.Equal(page == 7 ? null : (4 * Block) + offset, _domain.IovaToPhysical(new Iova(Block + offset)));
        }
    }

    [Fact, Trait("Fact", "T084")]
    public void A_block_that_cannot_be_split_for_want_of_memory_stays_whole()
    {
        Map(Block, 4 * Block, Block);
        _domain.Memory.FrameLimit = _domain.Memory.AllocatedFrames;

        Assert.Equal(0UL, _domain.Unmap(new Iova(Block + 0x7000), 0x1000));

        Assert.Equal((4 * Block) + 0x7000, _domain.IovaToPhysical(new Iova(Block + 0x7000)));
        Assert.Equal((5 * Block) - 1, _domain.IovaToPhysical(new Iova((2 * Block) - 1)));
    }

    [Fact, Trait("Fact", "T085")]
    public void Unmapping_stops_at_the_first_hole()
    {
        Map(0, 0x9000, 0x2000);
        Map(0x3000, 0xc000, 0x1000);

        Assert.Equal(0x2000UL, _domain.Unmap(new Iova(0), 0x4000));

        Assert.NotNull(_domain.IovaToPhysical(new Iova(0x3000)));
    }

    [Fact, Trait("Fact", "T086")]
    public void Unmapping_where_nothing_is_mapped_is_0() => Assert.Equal(0UL, _domain.Unmap(new Iova(0x1000), 0x1000));

    [Fact, Trait("Fact", "T087")]
    public void A_misaligned_iova_is_EINVAL() => Assert.Equal(Errno.EINVAL, _domain.Map(new Iova(0x1800), 0x9000, 0x1000, ReadWrite));

    [Fact, Trait("Fact", "T088")]
    public void Mapping_with_no_access_succeeds_and_enters_nothing()
    {
        Assert.Equal(Errno.None, _domain.Map(new Iova(0x1000), 0x9000, 0x1000, IommuProt.None));
        Assert.Null(_domain.IovaToPhysical(new Iova(0x1000)));
    }

    [Fact, Trait("Fact", "T089")]
    public void An_iova_beyond_the_input_size_is_ERANGE() =>
        Assert.Equal(Errno.ERANGE, _domain.Map(new Iova(1UL << 48), 0x9000, 0x1000, ReadWrite));

    [Fact, Trait("Fact", "T090")]
    public void What_stage_1_lets_be_written_can_be_read()
    {
        _domain.Map(new Iova(0x1000), 0x9000, 0x1000, IommuProt.Write);

        Assert.Equal(ReadWrite, _domain.ProtOf(new Iova(0x1000)));
    }

    [Fact, Trait("Fact", "T091")]
    public void An_aligned_run_is_entered_in_the_largest_blocks_that_fit()
    {
        Map(2 * Block, 4 * Block, (2 * Block) + 0x1000);
        List<ulong> sizes = [];

        _domain.VisitEntries((_, _, size) => sizes.Add(size));

        Assert.Equal([Block, Block, 0x1000], sizes);
    }

    [Fact, Trait("Fact", "T092")]
    public void A_run_that_meets_a_live_entry_is_taken_back_and_EEXIST()
    {
        Map(0x3000, 0x9000, 0x1000);

        Assert.Equal(Errno.EEXIST, _domain.Map(new Iova(0x1000), 0xa000, 0x3000, ReadWrite));

        Assert.Null(_domain.IovaToPhysical(new Iova(0x1000)));
        Assert.Null(_domain.IovaToPhysical(new Iova(0x2000)));
        Assert.Equal(0x9000UL, _domain.IovaToPhysical(new Iova(0x3000)));
    }

    [Fact, Trait("Fact", "T093")]
    public void Two_adjacent_pages_are_forgotten_by_one_sync()
    {
        Map(0x1000, 0x9000, 0x2000);
        IotlbGather gather = default;

        _domain.UnmapFast(new Iova(0x1000), 0x1000, ref gather);
        _domain.UnmapFast(new Iova(0x2000), 0x1000, ref gather);
        Assert.Empty(_domain.Forgotten);
        _domain.SyncIotlb(ref gather);

        Assert.Equal(["sync 0x1000-0x2fff by 0x1000"], _domain.Forgotten);
    }

    [Fact, Trait("Fact", "T094")]
    public void A_block_after_a_page_has_the_page_forgotten_first()
    {
        Map(Block - 0x1000, 0x9000, 0x1000);
        Map(Block, 4 * Block, Block);
        IotlbGather gather = default;

        _domain.UnmapFast(new Iova(Block - 0x1000), 0x1000, ref gather);
        _domain.UnmapFast(new Iova(Block), Block, ref gather);

        Assert.Equal([$"sync 0x{Block - 0x1000:x}-0x{Block - 1:x} by 0x1000"], _domain.Forgotten);
        _domain.SyncIotlb(ref gather);
        Assert.Equal($"sync 0x{Block:x}-0x{(2 * Block) - 1:x} by 0x{Block:x}", _domain.Forgotten[1]);
    }

    private void Map(ulong iova, ulong physicalAddress, ulong size) =>
        Assert.Equal(Errno.None, _domain.Map(new Iova(iova), physicalAddress, size, ReadWrite));
}
