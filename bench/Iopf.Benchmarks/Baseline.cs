using System.Diagnostics.CodeAnalysis;
using BenchmarkDotNet.Attributes;
using Iopf.SpeedKit;

namespace Iopf.Benchmarks;

/// <summary>What the C baseline takes for the rows that have a counterpart there.</summary>
[SuppressMessage("Design", "CA1001", Justification = "The cleanup after each benchmark disposes of it.")]
[MemoryDiagnoser(displayGenColumns: false)]
public class Baseline
{
    private const ulong FirstIova = 0x10_0000_0000;
    private const ulong Physical = 0x1_0000_0000;
    private const int Pages = 32_768;
    private const int MappedPages = 262_144;
    private const int ManyPages = 1_048_576;
    private const int Rounds = 8;
    private const ulong PagesOfTable = 512;

    private int[] _order = [];
    private CBaseline _c = null!;

    [GlobalSetup(Target = nameof(Walk))]
    public void MapPages() => MapInOrder(Pages);

    [GlobalSetup(Target = nameof(WalkManyPages))]
    public void MapManyPages() => MapInOrder(ManyPages);

    // The tables stay: what is measured enters and takes out pages, as in the model.
    [GlobalSetup(Targets = [nameof(MapEach), nameof(MapRuns), nameof(UnmapEach), nameof(UnmapRuns)])]
    public void MakeTables()
    {
        _c = new CBaseline();
        _c.Map(FirstIova, Physical, MappedPages, PagesOfTable);
        _c.Unmap(FirstIova, MappedPages, PagesOfTable);
    }

    [IterationSetup(Targets = [nameof(UnmapEach), nameof(UnmapRuns)])]
    public void MapAgain() => _c.Map(FirstIova, Physical, MappedPages, PagesOfTable);

    [IterationCleanup(Targets = [nameof(MapEach), nameof(MapRuns)])]
    public void UnmapAgain() => _c.Unmap(FirstIova, MappedPages, PagesOfTable);

    [Benchmark(OperationsPerInvoke = Pages * Rounds, Description = "C: walk, 32,768 pages in random order")]
    public void Walk()
    {
        for (int round = 0; round < Rounds; round++)
        {
            _c.Walk(FirstIova, _order);
        }
    }

    [Benchmark(OperationsPerInvoke = ManyPages, Description = "C: walk, 1,048,576 pages in random order")]
    public void WalkManyPages() => _c.Walk(FirstIova, _order);

    [Benchmark(OperationsPerInvoke = MappedPages, Description = "C: map a page, one in a call")]
    public void MapEach() => _c.Map(FirstIova, Physical, MappedPages, 1);

    [Benchmark(OperationsPerInvoke = MappedPages, Description = "C: map a page, 512 in a call")]
    public void MapRuns() => _c.Map(FirstIova, Physical, MappedPages, PagesOfTable);

    [Benchmark(OperationsPerInvoke = MappedPages, Description = "C: unmap a page, one in a call")]
    public void UnmapEach() => _c.Unmap(FirstIova, MappedPages, 1);

    [Benchmark(OperationsPerInvoke = MappedPages, Description = "C: unmap a page, 512 in a call")]
    public void UnmapRuns() => _c.Unmap(FirstIova, MappedPages, PagesOfTable);

    [GlobalCleanup]
    public void Dispose() => _c.Dispose();

    // In random order, so that tables and frames lie scattered.
    private void MapInOrder(int pages)
    {
        _order = Orders.Shuffled(pages);
        _c = new CBaseline();
        for (int i = 0; i < pages; i++)
        {
            _c.Map(FirstIova + ((ulong)_order[i] << 12), Physical + ((ulong)i << 12), 1, 1);
        }
    }
}
