using System.Diagnostics.CodeAnalysis;
using BenchmarkDotNet.Attributes;
using Iopf.Kernel;
using Iopf.SpeedKit;
using Iopf.VfioType1.Patches.SelectiveFaulting;

namespace Iopf.Benchmarks;

/// <summary>The two lists of a container that grow long: its mappings, and the ranges that a group pinned.</summary>
[SuppressMessage("Design", "CA1001", Justification = "The cleanup after each benchmark disposes of the host.")]
[MemoryDiagnoser(displayGenColumns: false)]
public class LookingUp
{
    private const int Mappings = 65_000;
    private const int Ranges = 100_000;
    private const int Changes = 2_000;

    private readonly int[] _mappingOrder = Orders.Shuffled(Mappings);
    private readonly int[] _rangeOrder = Orders.Shuffled(Ranges);
    private readonly PinnedRanges _pinned = new();
    private AssignedDevice? _device;

    [GlobalSetup(Target = nameof(FindMapping))]
    public void MakeMappings()
    {
        _device = new AssignedDevice(Mappings, premap: 1);
        _device.MapEachPage(Mappings);
    }

    // Every other page, so that no range joins the next.
    [GlobalSetup(Targets = [nameof(FindRange), nameof(ChangeRange)])]
    public void MakeRanges()
    {
        for (ulong range = 0; range < Ranges; range++)
        {
            _pinned.Add(range * 3);
        }
    }

    [Benchmark(OperationsPerInvoke = Mappings, Description = "look-up of an iova among 65,000 mappings, in random order")]
    public void FindMapping()
    {
        foreach (int mapping in _mappingOrder)
        {
            Require(_device!.Mappings.Find(new Iova(AssignedDevice.FirstIova + ((ulong)mapping * 2 * Page.Size))) is not null);
        }
    }

    [Benchmark(OperationsPerInvoke = Ranges, Description = "look-up of a page among 100,000 ranges of pinned pages, in random order")]
    public void FindRange()
    {
        foreach (int range in _rangeOrder)
        {
            Require(_pinned.ReferencesOf((ulong)range * 3) == 1);
        }
    }

    [Benchmark(OperationsPerInvoke = Changes, Description = "pin and unpin of a page between 100,000 ranges, in random order")]
    public void ChangeRange()
    {
        for (int i = 0; i < Changes; i++)
        {
            ulong page = ((ulong)_rangeOrder[i] * 3) + 1;
            _pinned.Add(page);
            Require(_pinned.Remove(page));
        }
    }

    [GlobalCleanup]
    public void PowerOff() => _device?.Dispose();

    private static void Require(bool isFound)
    {
        if (!isFound)
        {
            throw new InvalidOperationException("what was entered is not found");
        }
    }
}
