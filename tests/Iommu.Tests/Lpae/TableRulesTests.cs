using Iopf.Iommu.Lpae;
using Iopf.Kernel;

namespace Iopf.Iommu.Tests.Lpae;

/// <summary>What mapping over something live and unmapping a part or a whole do to a table and the IOTLB: baseline.md 3.</summary>
public sealed class TableRulesTests
{
    private const ulong Block = 0x20_0000;
    private const ulong BigBlock = 0x4000_0000;
    private const IommuProt ReadWrite = IommuProt.Read | IommuProt.Write;
    private readonly TableDomain _domain = new();

    [Theory]
    [InlineData(Page.Size)]
    [InlineData(Block)]
    [InlineData(BigBlock)]
    public void The_same_mapping_once_more_is_EEXIST_with_a_warning_and_the_first_stays(ulong size)
    {
        Map(0, BigBlock, size);

        Assert.Equal(Errno.EEXIST, _domain.Map(new Iova(0), BigBlock, size, ReadWrite));

        Assert.Equal(1, _domain.Table.Warnings);
        Assert.Equal(BigBlock + size - 1, _domain.IovaToPhysical(new Iova(size - 1)));
        Assert.Empty(_domain.Forgotten);
    }

    [Theory]
    [InlineData(Block, Page.Size)]
    [InlineData(BigBlock, Page.Size)]
    [InlineData(BigBlock, Block)]
    public void A_larger_block_on_the_way_down_is_EEXIST_with_a_warning_and_stays_whole(ulong live, ulong wanted)
    {
        Map(0, BigBlock, live);

        Assert.Equal(Errno.EEXIST, _domain.Map(new Iova(wanted), 0, wanted, ReadWrite));

        Assert.Equal(1, _domain.Table.Warnings);
        Assert.Equal([live], SizesOfEntries());
    }

    [Fact]
    public void A_gigabyte_over_two_levels_of_live_tables_takes_their_place_without_an_error()
    {
        Map(0x5000, 0x9000, Page.Size);
        Map(3 * Block, 4 * Block, Block);
        long frames = _domain.Memory.AllocatedFrames;

        Assert.Equal(Errno.None, _domain.Map(new Iova(0), BigBlock, BigBlock, ReadWrite));

        Assert.Equal([BigBlock], SizesOfEntries());
        Assert.Equal(BigBlock + 0x5000, _domain.IovaToPhysical(new Iova(0x5000)));
        Assert.Equal(frames - 2, _domain.Memory.AllocatedFrames);
        Assert.Equal([$"walk 0x0 0x{BigBlock:x}"], _domain.Forgotten);
        Assert.Equal(0, _domain.Table.Warnings);
    }

    [Fact]
    public void A_table_is_unmapped_as_a_whole_holes_and_all_and_its_walks_are_forgotten_at_once()
    {
        Map(Block + 0x3000, 0x9000, Page.Size);
        Map(Block + 0x7000, 0xa000, Page.Size);
        long frames = _domain.Memory.AllocatedFrames;
        IotlbGather gather = default;

        Assert.Equal(Block, _domain.UnmapFast(new Iova(Block), Block, ref gather));

        Assert.Empty(SizesOfEntries());
        Assert.Equal(frames - 1, _domain.Memory.AllocatedFrames);
        Assert.Equal([$"walk 0x{Block:x} 0x{Block:x}"], _domain.Forgotten);
        Assert.True(gather.IsEmpty);
        Assert.Equal(0, _domain.Table.Warnings);
    }

    [Fact]
    public void A_gigabyte_of_nested_tables_is_unmapped_by_one_entry()
    {
        Map(0x5000, 0x9000, Page.Size);
        Map(3 * Block, 4 * Block, Block);

        Assert.Equal(BigBlock, _domain.Unmap(new Iova(0), BigBlock));

        Assert.Empty(SizesOfEntries());
        Assert.Equal([$"walk 0x0 0x{BigBlock:x}"], _domain.Forgotten);
    }

    [Fact]
    public void A_table_emptied_page_by_page_stays_until_a_request_of_its_own_size_takes_it()
    {
        Map(0, 0x9000, 0x2000);
        long frames = _domain.Memory.AllocatedFrames;

        Assert.Equal(0x2000UL, _domain.Unmap(new Iova(0), 0x2000));
        Assert.Equal(frames, _domain.Memory.AllocatedFrames);

        Assert.Equal(Block, _domain.Unmap(new Iova(0), Block));
        Assert.Equal(frames - 1, _domain.Memory.AllocatedFrames);
    }

    [Fact]
    public void A_table_emptied_page_by_page_gives_way_to_a_block()
    {
        Map(0, 0x9000, Page.Size);
        _domain.Unmap(new Iova(0), Page.Size);
        long frames = _domain.Memory.AllocatedFrames;

        Map(0, 4 * Block, Block);

        Assert.Equal(frames - 1, _domain.Memory.AllocatedFrames);
    }

    [Fact]
    public void An_empty_entry_is_unmapped_with_a_warning_and_0()
    {
        Map(0x1000, 0x9000, Page.Size);

        Assert.Equal(0UL, _domain.Unmap(new Iova(0x2000), Page.Size));
        Assert.Equal(0UL, _domain.Unmap(new Iova(BigBlock), Page.Size));

        Assert.Equal(2, _domain.Table.Warnings);
        Assert.Empty(_domain.Forgotten);
    }

    [Fact]
    public void A_page_taken_out_of_a_block_is_all_that_the_IOTLB_is_told_to_forget()
    {
        Map(Block, 4 * Block, Block);

        _domain.Unmap(new Iova(Block + 0x7000), Page.Size);

        Assert.Equal([$"sync 0x{Block + 0x7000:x}-0x{Block + 0x7fff:x} by 0x1000"], _domain.Forgotten);
    }

    [Fact]
    public void The_parts_of_a_split_block_keep_its_attributes()
    {
        const IommuProt prot = IommuProt.Read | IommuProt.Cache | IommuProt.NoExec | IommuProt.Privileged;
        Assert.Equal(Errno.None, _domain.Map(new Iova(0), BigBlock, BigBlock, prot));

        _domain.Unmap(new Iova(0), Page.Size);

        ulong attributes = LpaeDescriptor.Attributes(LpaeStage.Stage1, prot);
        Assert.Equal((BigBlock + Block) | attributes | 1, LeafAt(Block));
        Assert.Equal((BigBlock + Page.Size) | attributes | 3, LeafAt(Page.Size));
    }

    [Fact]
    public void Two_megabytes_taken_out_of_a_gigabyte_split_it_once()
    {
        Map(0, BigBlock, BigBlock);
        long frames = _domain.Memory.AllocatedFrames;

        Assert.Equal(Block, _domain.Unmap(new Iova(5 * Block), Block));

        Assert.Equal(frames + 1, _domain.Memory.AllocatedFrames);
        Assert.Equal(511, SizesOfEntries().Count);
        Assert.All(SizesOfEntries(), size => Assert.Equal(Block, size));
        Assert.Null(_domain.IovaToPhysical(new Iova(5 * Block)));
    }

    [Fact]
    public void An_unmap_that_splits_at_both_ends_stops_where_memory_runs_out_and_says_how_far_it_came()
    {
        Map(0, 4 * Block, 2 * Block);
        _domain.Memory.FrameLimit = _domain.Memory.AllocatedFrames;

        // The first block goes as a whole; the page of the second would need a table.
        Assert.Equal(Block, _domain.Unmap(new Iova(0), Block + Page.Size));

        Assert.Null(_domain.IovaToPhysical(new Iova(0)));
        Assert.Equal(5 * Block, _domain.IovaToPhysical(new Iova(Block)));
        Assert.Equal([Block], SizesOfEntries());
        Assert.Equal([$"sync 0x0-0x{Block - 1:x} by 0x{Block:x}"], _domain.Forgotten);
    }

    [Fact]
    public void A_map_that_runs_out_of_memory_in_the_middle_is_taken_back()
    {
        Map(0x1000, 0x9000, Page.Size);
        _domain.Memory.FrameLimit = _domain.Memory.AllocatedFrames;

        Assert.Equal(Errno.ENOMEM, _domain.Map(new Iova(Block - 0x1000), 0xa000, 0x2000, ReadWrite));

        Assert.Null(_domain.IovaToPhysical(new Iova(Block - 0x1000)));
        Assert.Equal(0x9000UL, _domain.IovaToPhysical(new Iova(0x1000)));
        Assert.Equal([$"sync 0x{Block - 0x1000:x}-0x{Block - 1:x} by 0x1000"], _domain.Forgotten);
    }

    [Theory]
    [InlineData(Block, 0x5123UL)]
    [InlineData(BigBlock, 0x1234_5678UL)]
    public void An_address_inside_a_block_keeps_its_offset(ulong size, ulong offset)
    {
        Map(size, 3 * size, size);

        Assert.Equal((3 * size) + offset, _domain.IovaToPhysical(new Iova(size + offset)));
        Assert.Null(_domain.IovaToPhysical(new Iova((2 * size) + offset)));
    }

    [Theory]
    [InlineData(Page.Size, 3UL)]
    [InlineData(Block, 1UL)]
    [InlineData(BigBlock, 1UL)]
    public void A_page_has_3_in_its_low_bits_a_block_1_and_both_have_the_access_flag(ulong size, ulong low)
    {
        Map(0, BigBlock, size);

        Assert.Equal(low, LeafAt(0) & 3);
        Assert.NotEqual(0UL, LeafAt(0) & LpaeDescriptor.AccessFlag);
        Assert.Equal(BigBlock, LeafAt(0) & LpaeDescriptor.AddressMask);
    }

    [Fact]
    public void Mapping_tells_the_IOTLB_nothing()
    {
        Map(0, BigBlock, BigBlock + Block + Page.Size);

        Assert.Empty(_domain.Forgotten);
    }

    private void Map(ulong iova, ulong physicalAddress, ulong size) =>
        Assert.Equal(Errno.None, _domain.Map(new Iova(iova), physicalAddress, size, ReadWrite));

    private List<ulong> SizesOfEntries()
    {
        List<ulong> sizes = [];
        _domain.VisitEntries((_, _, size) => sizes.Add(size));
        return sizes;
    }

    /// <summary>The descriptor that translates an iova, read from memory as the SMMU reads it.</summary>
    private ulong LeafAt(ulong iova)
    {
        ulong table = _domain.Table.Root;
        for (int level = 0; ; level++)
        {
            ulong descriptor = _domain.Memory.ReadWord(table + ((iova >> (39 - (9 * level)) & 511) << 3));
            if (!LpaeDescriptor.IsTable(descriptor, level))
            {
                return descriptor;
            }

            table = descriptor & LpaeDescriptor.AddressMask;
        }
    }
}
