using System.Collections.Immutable;

namespace Iopf.Workloads;

/// <summary>The test on two devices at the same time: what they share decides how far their faults are served side by side.</summary>
public static class DevicesTogether
{
    private const int Messages = 100;

    private static readonly ImmutableArray<Topology> Topologies =
    [
        Topology.OneDevice,
        new(Devices: 2, Containers: 1, Smmus: 1),
        new(Devices: 2, Containers: 1, Smmus: 2),
        new(Devices: 2, Containers: 2, Smmus: 1),
        new(Devices: 2, Containers: 2, Smmus: 2),
    ];

    /// <summary>Runs both configurations of VFIO on each topology, as posted.</summary>
    /// <param name="settings">Options by "Section:Name".</param>
    /// <param name="seed">The seed of the pages that the host takes away, if it does.</param>
    /// <returns>The rows.</returns>
    public static IReadOnlyList<TopologyRow> Run(IReadOnlyDictionary<string, string> settings, ulong seed) =>
    [
        .. from config in new[] { CoverLetter.Vfio1, CoverLetter.Vfio10 }
           from topology in Topologies
           select new TopologyRow(
               config, Messages, topology, CoverLetterTable.RunOf(settings, config, topology, isStatic: false).Execute(Messages, seed)),
    ];
}
