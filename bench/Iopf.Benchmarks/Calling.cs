using System.Diagnostics.CodeAnalysis;
using BenchmarkDotNet.Attributes;
using Iopf.SpeedKit;

namespace Iopf.Benchmarks;

/// <summary>What user space calls: mappings made and removed by ioctl, and memory taken away under the device.</summary>
[SuppressMessage("Design", "CA1001", Justification = "The cleanup after each benchmark disposes of the host.")]
[MemoryDiagnoser(displayGenColumns: false)]
public class Calling
{
    private const int Mappings = 1 << 14;
    private const int Window = 512;
    private const int ManyMappings = 256;
    private const int Gigabyte = 262_144;
    private const int Pages = 16_384;

    private AssignedDevice _device = null!;

    [Params(Watched.Off, Watched.Trace, Watched.Checks)]
    public Watched Watched { get; set; }

    [GlobalSetup(Target = nameof(MapOnePinned))]
    public void PinOne() => Assign(1, premap: 0);

    [GlobalSetup(Target = nameof(MapManyPinned))]
    public void PinMany() => Assign(Window, premap: 0);

    [GlobalSetup(Target = nameof(MapOneDeferred))]
    public void DeferOne() => Assign(1, premap: 1);

    [GlobalSetup(Target = nameof(MapManyDeferred))]
    public void DeferMany() => Assign(Window, premap: 1);

    [GlobalSetup(Targets = [nameof(MapGigabyte), nameof(UnmapGigabyte)])]
    public void PinGigabyte()
    {
        Assign(Gigabyte, premap: 0).Map();
        _device.Unmap();
    }

    [GlobalSetup(Target = nameof(DropOnePage))]
    public void DeferPages() => Assign(Pages, premap: 1).Map();

    [GlobalSetup(Target = nameof(DropGigabyte))]
    public void DeferGigabyte() => Assign(Gigabyte, premap: 1).Map();

    [IterationSetup(Target = nameof(UnmapGigabyte))]
    public void MapFirst() => _device.Map();

    [IterationCleanup(Target = nameof(MapGigabyte))]
    public void UnmapAfter() => _device.Unmap();

    [IterationSetup(Target = nameof(DropOnePage))]
    public void TouchAll() => Touch(Pages, 1);

    [IterationSetup(Target = nameof(DropGigabyte))]
    public void TouchSome() => Touch(Gigabyte, Window);

    [Benchmark(OperationsPerInvoke = Mappings, Description = "MAP_DMA + UNMAP_DMA, 1 page, pinned")]
    public void MapOnePinned() => MapAndUnmap(Mappings);

    [Benchmark(OperationsPerInvoke = ManyMappings, Description = "MAP_DMA + UNMAP_DMA, 512 pages, pinned")]
    public void MapManyPinned() => MapAndUnmap(ManyMappings);

    [Benchmark(OperationsPerInvoke = Mappings, Description = "MAP_DMA + UNMAP_DMA, 1 page, deferred by IOPF")]
    public void MapOneDeferred() => MapAndUnmap(Mappings);

    [Benchmark(OperationsPerInvoke = Mappings, Description = "MAP_DMA + UNMAP_DMA, 512 pages, deferred by IOPF")]
    public void MapManyDeferred() => MapAndUnmap(Mappings);

    [Benchmark(Description = "MAP_DMA of 1 GiB, pinned, pages present")]
    public void MapGigabyte() => _device.Map();

    [Benchmark(Description = "UNMAP_DMA of 1 GiB, pinned")]
    public void UnmapGigabyte() => _device.Unmap();

    [Benchmark(OperationsPerInvoke = Pages, Description = "MADV_DONTNEED of one page that the device can reach")]
    public void DropOnePage()
    {
        for (int page = 0; page < Pages; page++)
        {
            _device.DropPage(page);
        }
    }

    [Benchmark(Description = "MADV_DONTNEED of 1 GiB of which the device can reach 512 pages")]
    public void DropGigabyte() => _device.DropPages();

    [GlobalCleanup]
    public void PowerOff() => _device.Dispose();

    private AssignedDevice Assign(int pages, int premap) => _device = new AssignedDevice(pages, premap, Watched);

    private void Touch(int pages, int step)
    {
        for (int page = 0; page < pages; page += step)
        {
            _device.Write(page);
        }
    }

    private void MapAndUnmap(int times)
    {
        for (int i = 0; i < times; i++)
        {
            _device.Map();
            _device.Unmap();
        }
    }
}
