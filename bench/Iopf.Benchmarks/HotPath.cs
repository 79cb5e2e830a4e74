using System.Diagnostics.CodeAnalysis;
using BenchmarkDotNet.Attributes;

namespace Iopf.Benchmarks;

/// <summary>What a run of the model consists of: DMAs, walks, faults, and the mappings made and removed by ioctl.</summary>
/// <remarks>
/// All in one class, so that one table shows each row as a multiple of a DMA with a TLB hit. Each method does enough to be
/// measured by a single call: what a fault needs is prepared before each iteration, and all rows are to be measured alike.
/// </remarks>
[SuppressMessage("Design", "CA1001", Justification = "The cleanup after each benchmark disposes of the host.")]
[MemoryDiagnoser(displayGenColumns: false)]
public class HotPath
{
    private const int Hits = 1 << 19;
    private const int WalkedPages = 32_768;
    private const int Rounds = 8;
    private const int Mappings = 1 << 15;
    private const int Window = 512;
    private const int Windows = 256;

    private readonly int[] _order = Enumerable.Range(0, WalkedPages).ToArray();
    private AssignedDevice _device = null!;

    [GlobalSetup(Target = nameof(TlbHit))]
    public void MapOnePage() => Assign(pages: 1, premap: 0).Map();

    [Benchmark(Baseline = true, OperationsPerInvoke = Hits, Description = "DMA read of 8 bytes, TLB hit")]
    public void TlbHit()
    {
        for (int i = 0; i < Hits; i++)
        {
            _device.Read(0);
        }
    }

    // Entered one by one, in random order: no block entries, and tables and frames lie scattered.
    [GlobalSetup(Target = nameof(RandomWalk))]
    public void EnterPagesInRandomOrder()
    {
        new Random(1).Shuffle(_order);
        Assign(WalkedPages, premap: 1).Map();
        FaultOnePageEach();
    }

    // Each page is read once a round: by then 32,767 others have pushed it out of the 4096 entries of the TLB.
    [Benchmark(OperationsPerInvoke = WalkedPages * Rounds, Description = "DMA read of 8 bytes, walk (32,768 pages in random order)")]
    public void RandomWalk()
    {
        for (int round = 0; round < Rounds; round++)
        {
            foreach (int page in _order)
            {
                _device.Read(page);
            }
        }
    }

    [GlobalSetup(Target = nameof(FaultOnePageEach))]
    public void DeferOnePageEach() => Assign(WalkedPages, premap: 1).Map();

    [IterationSetup(Targets = [nameof(FaultOnePageEach), nameof(FaultWindows)])]
    public void DropPages() => _device.DropPages();

    [Benchmark(OperationsPerInvoke = WalkedPages, Description = "fault, pre-map 1")]
    public void FaultOnePageEach()
    {
        foreach (int page in _order)
        {
            _device.Write(page);
        }
    }

    [GlobalSetup(Target = nameof(FaultWindows))]
    public void DeferWindows() => Assign(Window * Windows, premap: Window).Map();

    [Benchmark(OperationsPerInvoke = Windows, Description = "fault, pre-map 512")]
    public void FaultWindows()
    {
        for (int window = 0; window < Windows; window++)
        {
            _device.Write(window * Window);
        }
    }

    [GlobalSetup(Target = nameof(FaultAndDrop))]
    public void DeferOneWindow() => Assign(Window, premap: Window).Map();

    [Benchmark(OperationsPerInvoke = Windows, Description = "fault, pre-map 512, and MADV_DONTNEED of the 512 pages")]
    public void FaultAndDrop()
    {
        for (int i = 0; i < Windows; i++)
        {
            _device.Write(0);
            _device.DropPages();
        }
    }

    [GlobalSetup(Target = nameof(MapOne))]
    public void PinOne() => Assign(pages: 1, premap: 0);

    [Benchmark(OperationsPerInvoke = Mappings, Description = "MAP_DMA + UNMAP_DMA, 1 page, pinned")]
    public void MapOne() => MapAndUnmap(Mappings);

    [GlobalSetup(Target = nameof(MapMany))]
    public void PinMany() => Assign(Window, premap: 0);

    [Benchmark(OperationsPerInvoke = Windows, Description = "MAP_DMA + UNMAP_DMA, 512 pages, pinned")]
    public void MapMany() => MapAndUnmap(Windows);

    [GlobalSetup(Target = nameof(MapOneDeferred))]
    public void DeferOne() => Assign(pages: 1, premap: 1);

    [Benchmark(OperationsPerInvoke = Mappings, Description = "MAP_DMA + UNMAP_DMA, 1 page, deferred by IOPF")]
    public void MapOneDeferred() => MapAndUnmap(Mappings);

    [GlobalSetup(Target = nameof(MapManyDeferred))]
    public void DeferMany() => Assign(Window, premap: 1);

    [Benchmark(OperationsPerInvoke = Mappings, Description = "MAP_DMA + UNMAP_DMA, 512 pages, deferred by IOPF")]
    public void MapManyDeferred() => MapAndUnmap(Mappings);

    [GlobalCleanup]
    public void PowerOff() => _device.Dispose();

    private AssignedDevice Assign(int pages, int premap) => _device = new AssignedDevice(pages, premap);

    private void MapAndUnmap(int times)
    {
        for (int i = 0; i < times; i++)
        {
            _device.Map();
            _device.Unmap();
        }
    }
}
