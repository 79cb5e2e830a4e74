namespace Iopf.Workloads;

/// <summary>Several devices that run the test at the same time.</summary>
/// <param name="Config">The configuration.</param>
/// <param name="Messages">How many messages each device is sent.</param>
/// <param name="Topology">How the devices are spread.</param>
/// <param name="Timing">What the run came to.</param>
public sealed record TopologyRow(string Config, int Messages, Topology Topology, SecTiming Timing);
