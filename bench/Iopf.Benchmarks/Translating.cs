using BenchmarkDotNet.Attributes;
using Iopf.SpeedKit;

namespace Iopf.Benchmarks;

/// <summary>From a transaction to a physical address, without the device and the kernel around it.</summary>
[MemoryDiagnoser(displayGenColumns: false)]
public class Translating
{
    private const int Hits = 1 << 20;
    private const int Faults = 1 << 16;
    private const int Pages = 32_768;
    private const int ManyPages = 1_048_576;
    private const int Rounds = 8;

    private int[] _order = [];
    private TranslatingSmmu _smmu = null!;

    [Params(Watched.Off, Watched.Trace)]
    public Watched Watched { get; set; }

    [GlobalSetup(Targets = [nameof(TlbHit), nameof(WalkOneStage), nameof(WalkTables), nameof(TerminatedFault)])]
    public void OneStage() => Create(Stages.One, Pages);

    [GlobalSetup(Target = nameof(WalkManyPages))]
    public void OneStageManyPages() => Create(Stages.One, ManyPages);

    [GlobalSetup(Target = nameof(WalkTwoStages))]
    public void TwoStages() => Create(Stages.Two, Pages);

    [GlobalSetup(Target = nameof(WalkNested))]
    public void Nested() => Create(Stages.Nested, Pages);

    [Benchmark(OperationsPerInvoke = Hits, Description = "translation, TLB hit")]
    public void TlbHit() => _smmu.Hit(Hits);

    // In the same order every time each page has left the 4096 entries of the TLB before its turn comes again.
    [Benchmark(OperationsPerInvoke = Pages * Rounds, Description = "translation, walk of one stage, 32,768 pages in random order")]
    public void WalkOneStage() => Walk(Rounds);

    [Benchmark(OperationsPerInvoke = Pages * Rounds, Description = "walk of the tables alone: no TLB, no configuration, one stage, 32,768 pages in random order")]
    public void WalkTables()
    {
        for (int round = 0; round < Rounds; round++)
        {
            _smmu.WalkTables(_order);
        }
    }

    [Benchmark(OperationsPerInvoke = ManyPages, Description = "translation, walk of one stage, 1,048,576 pages in random order")]
    public void WalkManyPages() => Walk(1);

    [Benchmark(OperationsPerInvoke = Pages * Rounds, Description = "translation, walk of two stages, 32,768 pages in random order")]
    public void WalkTwoStages() => Walk(Rounds);

    [Benchmark(OperationsPerInvoke = Pages * Rounds, Description = "translation, walk of two stages with a substream, 32,768 pages in random order")]
    public void WalkNested() => Walk(Rounds);

    [Benchmark(OperationsPerInvoke = Faults, Description = "fault that is terminated, to the consumed event record")]
    public void TerminatedFault() => _smmu.Fault(Faults);

    private void Create(Stages stages, int pages)
    {
        _order = Orders.Shuffled(pages);
        _smmu = new TranslatingSmmu(stages, _order, Watched);
        _smmu.Walk(_order);
    }

    private void Walk(int rounds)
    {
        for (int round = 0; round < rounds; round++)
        {
            _smmu.Walk(_order);
        }
    }
}
