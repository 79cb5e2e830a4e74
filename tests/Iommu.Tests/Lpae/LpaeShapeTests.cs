using Iopf.Iommu.Lpae;
using Iopf.Kernel;
using Iopf.Mm;
using Moq;

namespace Iopf.Iommu.Tests.Lpae;

/// <summary>The shape of a table: its first level, its block sizes, and what it does when memory runs out.</summary>
public sealed class LpaeShapeTests
{
    private const ulong Block = 0x20_0000;
    private const ulong BigBlock = 0x4000_0000;
    private const IommuProt ReadWrite = IommuProt.Read | IommuProt.Write;
    private readonly PhysicalMemory _memory = new(new HostKernel());
    private readonly ILpaeTlb _tlb = Mock.Of<ILpaeTlb>();

    [Theory]
    [InlineData(LpaeStage.Stage1, 48, 0, 1)]
    [InlineData(LpaeStage.Stage1, 39, 1, 1)]
    [InlineData(LpaeStage.Stage1, 40, 0, 1)]
    [InlineData(LpaeStage.Stage1, 32, 1, 1)]
    [InlineData(LpaeStage.Stage2, 48, 0, 1)]
    [InlineData(LpaeStage.Stage2, 44, 0, 1)]
    [InlineData(LpaeStage.Stage2, 43, 1, 16)]
    [InlineData(LpaeStage.Stage2, 40, 1, 2)]
    [InlineData(LpaeStage.Stage2, 34, 1, 1)]
    [InlineData(LpaeStage.Stage2, 32, 1, 1)]
    public void A_stage_2_table_of_at_most_16_entries_at_level_0_starts_at_level_1_with_as_many_pages(
        LpaeStage stage, int inputBits, int startLevel, long pages)
    {
        LpaePageTable table = Create(stage, inputBits);

        Assert.Equal((startLevel, pages), (table.StartLevel, _memory.AllocatedFrames));
        table.Free();
        Assert.Equal(0, _memory.AllocatedFrames);
    }

    [Fact]
    public void A_first_level_of_several_pages_is_one_run_of_iovas()
    {
        LpaePageTable table = Create(LpaeStage.Stage2, inputBits: 40);
        ulong lastPage = (1UL << 40) - Page.Size;
        List<ulong> visited = [];

        Assert.Equal(Errno.None, table.Map(new Iova(0x1000), 0x9000, Page.Size, ReadWrite));
        Assert.Equal(Errno.None, table.Map(new Iova(lastPage), 0xa000, Page.Size, ReadWrite));

        table.Visit((iova, _, _) => visited.Add(iova.Value));
        Assert.Equal([0x1000, lastPage], visited);
        Assert.Equal(0xa008UL, table.IovaToPhysical(new Iova(lastPage + 8)));
    }

    [Theory]
    [InlineData(0x2000)]
    [InlineData(0x1_0000)]
    [InlineData(0x80_0000)]
    public void A_size_that_is_no_block_is_refused_with_a_warning_and_changes_nothing(ulong size)
    {
        LpaePageTable table = Create(LpaeStage.Stage1, 48);
        IotlbGather gather = default;

        Assert.Equal(Errno.EINVAL, table.Map(new Iova(0), 0x9000, size, ReadWrite));
        Assert.Equal(0UL, table.Unmap(new Iova(0), size, ref gather));

        Assert.Equal(2, table.Warnings);
        Assert.Null(table.IovaToPhysical(new Iova(0)));
    }

    [Fact]
    public void An_iova_beyond_the_input_size_leads_nowhere_and_grants_nothing()
    {
        LpaePageTable table = Create(LpaeStage.Stage1, 39);
        IotlbGather gather = default;
        table.Map(new Iova(0), 0x9000, Page.Size, ReadWrite);
        Iova beyond = new(1UL << 39);

        Assert.Equal(0UL, table.Unmap(beyond, Page.Size, ref gather));
        Assert.Null(table.IovaToPhysical(beyond));
        Assert.Null(table.ProtOf(beyond));
        Assert.Equal(0x9000UL, table.IovaToPhysical(new Iova(0)));
    }

    [Fact]
    public void A_physical_address_beyond_the_output_size_is_ERANGE()
    {
        LpaePageTable table = LpaePageTable.Create(_memory, _tlb, LpaeStage.Stage1, inputBits: 48, outputBits: 40).Value;

        Assert.Equal(Errno.ERANGE, table.Map(new Iova(0x1000), 1UL << 40, Page.Size, ReadWrite));
        Assert.Null(table.IovaToPhysical(new Iova(0x1000)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void A_stage_2_table_whose_first_level_finds_no_memory_is_ENOMEM(long framesLeft)
    {
        _memory.FrameLimit = framesLeft;

        Assert.Equal(Errno.ENOMEM, LpaePageTable.Create(_memory, _tlb, LpaeStage.Stage2, inputBits: 40, outputBits: 48).Error);
        Assert.Equal(0, _memory.AllocatedFrames);
    }

    [Fact]
    public void A_page_whose_tables_find_no_memory_is_ENOMEM_and_can_be_mapped_once_there_is_some()
    {
        LpaePageTable table = Create(LpaeStage.Stage1, 48);
        _memory.FrameLimit = 2;

        Assert.Equal(Errno.ENOMEM, table.Map(new Iova(0x1000), 0x9000, Page.Size, ReadWrite));
        Assert.Null(table.IovaToPhysical(new Iova(0x1000)));

        _memory.FrameLimit = 4;
        Assert.Equal(Errno.None, table.Map(new Iova(0x1000), 0x9000, Page.Size, ReadWrite));
        Assert.Equal(4, _memory.AllocatedFrames);
    }

    [Fact]
    public void A_block_of_a_gigabyte_is_one_entry_and_a_page_taken_out_of_it_splits_it_twice()
    {
        LpaePageTable table = Create(LpaeStage.Stage1, 39);
        IotlbGather gather = default;
        table.Map(new Iova(BigBlock), 2 * BigBlock, BigBlock, IommuProt.Read);
        Assert.Equal(1, _memory.AllocatedFrames);
        Iova hole = new(BigBlock + (3 * Block) + 0x5000);

        Assert.Equal(Page.Size, table.Unmap(hole, Page.Size, ref gather));

        Assert.Equal(3, _memory.AllocatedFrames);
        Assert.Null(table.IovaToPhysical(hole));
        Assert.Equal((2 * BigBlock) + (3 * Block) + 0x4000, table.IovaToPhysical(new Iova(BigBlock + (3 * Block) + 0x4000)));
        Assert.Equal((3 * BigBlock) - 1, table.IovaToPhysical(new Iova((2 * BigBlock) - 1)));
        Assert.Equal(IommuProt.Read, table.ProtOf(new Iova(hole.Value - Page.Size)));
        ulong mapped = 0;
        table.Visit((_, _, size) => mapped += size);
        Assert.Equal(BigBlock - Page.Size, mapped);
    }

    [Fact]
    public void A_second_split_that_finds_no_memory_leaves_what_the_first_one_made_and_translates_as_before()
    {
        LpaePageTable table = Create(LpaeStage.Stage1, 39);
        IotlbGather gather = default;
        table.Map(new Iova(0), BigBlock, BigBlock, ReadWrite);
        _memory.FrameLimit = 2;

        Assert.Equal(0UL, table.Unmap(new Iova(0x5000), Page.Size, ref gather));

        Assert.Equal(BigBlock + 0x5000, table.IovaToPhysical(new Iova(0x5000)));
        Assert.True(gather.IsEmpty);
    }

    [Theory]
    [InlineData(IommuProt.Read, IommuProt.Read)]
    [InlineData(IommuProt.Write, IommuProt.Write)]
    [InlineData(ReadWrite, ReadWrite)]
    public void Stage_2_can_let_be_written_what_cannot_be_read(IommuProt wanted, IommuProt granted)
    {
        LpaePageTable table = Create(LpaeStage.Stage2, 48);

        table.Map(new Iova(0x1000), 0x9000, Page.Size, wanted);

        Assert.Equal(granted, table.ProtOf(new Iova(0x1000)));
    }

    private LpaePageTable Create(LpaeStage stage, int inputBits) =>
        LpaePageTable.Create(_memory, _tlb, stage, inputBits, outputBits: 48).Value;
}
