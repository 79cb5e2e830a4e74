using BenchmarkDotNet.Attributes;

namespace Iopf.Benchmarks;

/// <summary>The IOMMU's page table alone, as the C baseline has it.</summary>
[MemoryDiagnoser(displayGenColumns: false)]
public class Mapping
{
    private const int Pages = 262_144;
    private const int Blocks = 32_768;
    private const ulong PageSize = 0x1000;
    private const ulong BlockSize = 0x20_0000;
    private const ulong EntriesOfTable = 512;

    private MappedTable _table = null!;

    // The tables stay: what is measured enters and takes out pages.
    [GlobalSetup]
    public void MakeTables()
    {
        _table = new MappedTable();
        _table.Map(PageSize, Pages, EntriesOfTable);
        _table.Unmap(PageSize, Pages, EntriesOfTable);
    }

    [GlobalSetup(Target = nameof(MapBlocks))]
    public void MakeUpperTables()
    {
        _table = new MappedTable();
        _table.Map(BlockSize, Blocks, EntriesOfTable);
        _table.Unmap(BlockSize, Blocks, EntriesOfTable);
    }

    [IterationSetup(Targets = [nameof(UnmapEach), nameof(UnmapRuns)])]
    public void MapAgain() => _table.Map(PageSize, Pages, EntriesOfTable);

    [IterationCleanup(Targets = [nameof(MapEach), nameof(MapRuns)])]
    public void UnmapAgain() => _table.Unmap(PageSize, Pages, EntriesOfTable);

    [IterationCleanup(Target = nameof(MapBlocks))]
    public void UnmapBlocksAgain() => _table.Unmap(BlockSize, Blocks, EntriesOfTable);

    [Benchmark(OperationsPerInvoke = Pages, Description = "map a page, one in a call")]
    public void MapEach() => _table.Map(PageSize, Pages, 1);

    [Benchmark(OperationsPerInvoke = Pages, Description = "map a page, 512 in a call")]
    public void MapRuns() => _table.Map(PageSize, Pages, EntriesOfTable);

    [Benchmark(OperationsPerInvoke = Blocks, Description = "map a block of 2 MiB, one in a call")]
    public void MapBlocks() => _table.Map(BlockSize, Blocks, 1);

    [Benchmark(OperationsPerInvoke = Pages, Description = "unmap a page, one in a call")]
    public void UnmapEach() => _table.Unmap(PageSize, Pages, 1);

    [Benchmark(OperationsPerInvoke = Pages, Description = "unmap a page, 512 in a call")]
    public void UnmapRuns() => _table.Unmap(PageSize, Pages, EntriesOfTable);
}
