using BenchmarkDotNet.Attributes;
using Iopf.Schedulers;

namespace Iopf.Benchmarks;

/// <summary>Schedules of two kernel threads that take two mutexes in opposite order.</summary>
[MemoryDiagnoser(displayGenColumns: false)]
public class Exploring
{
    private const int Schedules = 2_000;

    [Benchmark(OperationsPerInvoke = Schedules, Description = "random schedule of two threads taking two mutexes in opposite order")]
    public void RandomSchedules()
    {
        (int schedules, int deadlocks) = OppositeOrder.Explore(new UniformRandom(seed: 1), Schedules);
        if (schedules != Schedules || deadlocks == 0)
        {
            throw new InvalidOperationException($"{schedules} schedules, {deadlocks} deadlocks");
        }
    }
}
