using System.Diagnostics.CodeAnalysis;
using BenchmarkDotNet.Attributes;
using Iopf.SpeedKit;

namespace Iopf.Benchmarks;

/// <summary>Whole faults: DMA, stall, record, decode, report, handler, pages, map, response, resume, retry, data.</summary>
/// <remarks>The pages that a fault needs to be missing are dropped before each iteration.</remarks>
[SuppressMessage("Design", "CA1001", Justification = "The cleanup after each benchmark disposes of the hosts.")]
[MemoryDiagnoser(displayGenColumns: false)]
public class Faulting
{
    private const int Pages = 32_768;
    private const int Window = 512;
    private const int Windows = 128;
    private const int Hits = 1 << 18;
    private const int Rounds = 4;

    private readonly int[] _order = Orders.Shuffled(Pages);
    private AssignedDevice? _device;
    private SharedDevice? _shared;

    [Params(Watched.Off, Watched.Trace, Watched.Texts, Watched.Checks)]
    public Watched Watched { get; set; }

    [GlobalSetup(Target = nameof(OnePageEach))]
    public void DeferPages() => Assign(Pages, premap: 1).Map();

    [GlobalSetup(Target = nameof(Windowed))]
    public void DeferWindows() => Assign(Window * Windows, premap: Window).Map();

    [GlobalSetup(Target = nameof(WindowedAndDropped))]
    public void DeferOneWindow() => Assign(Window, premap: Window).Map();

    [GlobalSetup(Target = nameof(Sva))]
    public void Share() => _shared = new SharedDevice(Pages, Watched);

    [GlobalSetup(Target = nameof(DmaHit))]
    public void MapOnePage() => Assign(1, premap: 0).Map();

    [GlobalSetup(Target = nameof(DmaWalk))]
    public void EnterPagesInRandomOrder()
    {
        Assign(Pages, premap: 1).Map();
        OnePageEach();
    }

    [IterationSetup(Targets = [nameof(OnePageEach), nameof(Windowed)])]
    public void DropPages() => _device!.DropPages();

    [IterationSetup(Target = nameof(Sva))]
    public void DropSharedPages() => _shared!.DropPages();

    [Benchmark(OperationsPerInvoke = Pages, Description = "full fault, pre-map 1")]
    public void OnePageEach()
    {
        foreach (int page in _order)
        {
            _device!.Write(page);
        }
    }

    [Benchmark(OperationsPerInvoke = Windows, Description = "full fault, pre-map 512")]
    public void Windowed()
    {
        for (int window = 0; window < Windows; window++)
        {
            _device!.Write(window * Window);
        }
    }

    [Benchmark(OperationsPerInvoke = Windows, Description = "full fault, pre-map 512, and MADV_DONTNEED of the 512 pages")]
    public void WindowedAndDropped()
    {
        for (int i = 0; i < Windows; i++)
        {
            _device!.Write(0);
            _device.DropPages();
        }
    }

    [Benchmark(OperationsPerInvoke = Pages, Description = "SVA fault")]
    public void Sva()
    {
        foreach (int page in _order)
        {
            _shared!.Write(page);
        }
    }

    [Benchmark(OperationsPerInvoke = Hits, Description = "DMA read of 8 bytes, TLB hit")]
    public void DmaHit()
    {
        for (int i = 0; i < Hits; i++)
        {
            _device!.Read(0);
        }
    }

    [Benchmark(OperationsPerInvoke = Pages * Rounds, Description = "DMA read of 8 bytes, walk, 32,768 pages in random order")]
    public void DmaWalk()
    {
        for (int round = 0; round < Rounds; round++)
        {
            foreach (int page in _order)
            {
                _device!.Read(page);
            }
        }
    }

    [GlobalCleanup]
    public void PowerOff()
    {
        _device?.Dispose();
        _shared?.Dispose();
    }

    private AssignedDevice Assign(int pages, int premap) => _device = new AssignedDevice(pages, premap, Watched);
}
