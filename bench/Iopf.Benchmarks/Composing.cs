using BenchmarkDotNet.Attributes;
using Iopf.Machine;
using Iopf.Patches;
using Iopf.SpeedKit;

namespace Iopf.Benchmarks;

/// <summary>Hosts made and disposed of, as explorations and sweeps make them: a scope of a container that is composed already.</summary>
[MemoryDiagnoser(displayGenColumns: false)]
public class Composing
{
    private const int Hosts = 1_000;

    private ModeledHostFactory _hosts = null!;

    [Params(Watched.Off, Watched.Checks)]
    public Watched Watched { get; set; }

    [GlobalSetup]
    public void Compose() => _hosts = new ModeledHostFactory(PatchSet.All, new Dictionary<string, string>()) { WatchesPromises = Watched == Watched.Checks };

    [Benchmark(OperationsPerInvoke = Hosts, Description = "machine with one device")]
    public void MakeHosts()
    {
        for (int i = 0; i < Hosts; i++)
        {
            using ModeledHost host = _hosts.Create(MachineSpec.OneDevice);
        }
    }
}
