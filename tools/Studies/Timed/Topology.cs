namespace Iopf.Workloads;

/// <summary>How devices are spread over containers and SMMUs; device i is in container i modulo their number, and behind SMMU likewise.</summary>
/// <param name="Devices">How many devices run the test; from 1 to 64.</param>
/// <param name="Containers">How many containers, each with a VMM of its own; at most as many as devices.</param>
/// <param name="Smmus">How many SMMUs; at most as many as devices.</param>
public sealed record Topology(int Devices, int Containers, int Smmus)
{
    /// <summary>One device in one container behind one SMMU.</summary>
    public static Topology OneDevice { get; } = new(1, 1, 1);

    /// <inheritdoc/>
    public override string ToString() =>
        $"{Count(Devices, "device")}, {Count(Containers, "container")}, {Count(Smmus, "SMMU")}";

    private static string Count(int number, string noun) => FormattableString.Invariant($"{number} {noun}{(number == 1 ? "" : "s")}");
}
