using Iopf.Scenarios;
using Iopf.Workloads;

namespace Iopf.Sweeps;

/// <summary>What one point of a sweep runs.</summary>
/// <param name="Request">The scenario, with patches, errata, options and seed.</param>
/// <param name="Workload">How the workload is run, if the scenario is one; else <see langword="null"/>.</param>
/// <param name="Devices">How many devices run the workload, or take the place of the scenario's one.</param>
/// <param name="Spread">How the workload's devices are spread: one of <see cref="Spreads"/>.</param>
public sealed record PointSetup(RunRequest Request, SecTestSetting? Workload, int Devices, string Spread)
{
    /// <summary>All devices in one container, behind one SMMU.</summary>
    public const string Together = "together";

    /// <summary>Each device in a container of its own, all behind one SMMU.</summary>
    public const string Containers = "containers";

    /// <summary>All devices in one container, each behind an SMMU of its own.</summary>
    public const string Smmus = "smmus";

    /// <summary>Each device in a container of its own, behind an SMMU of its own.</summary>
    public const string Apart = "apart";

    /// <summary>The ways to spread devices.</summary>
    public static IReadOnlyList<string> Spreads { get; } = [Together, Containers, Smmus, Apart];

    /// <summary>The workload's devices, containers and SMMUs.</summary>
    public Topology Topology => Spread switch
    {
        Containers => new Topology(Devices, Devices, 1),
        Smmus => new Topology(Devices, 1, Devices),
        Apart => new Topology(Devices, Devices, Devices),
        _ => new Topology(Devices, 1, 1),
    };
}
