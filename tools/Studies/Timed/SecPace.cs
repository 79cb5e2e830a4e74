using Iopf.Kernel;

namespace Iopf.Workloads;

/// <summary>How fast a device works where nothing faults.</summary>
/// <param name="StartNanoseconds">From the start of the test's clock to the first message.</param>
/// <param name="MessageNanoseconds">How long one engine takes for a message.</param>
/// <param name="SpacingNanoseconds">How long after one message the next can begin, all engines together.</param>
/// <param name="Engines">How many messages the device works at side by side.</param>
internal sealed record SecPace(long StartNanoseconds, long MessageNanoseconds, long SpacingNanoseconds, int Engines)
{
    private const long Mebibyte = 1 << 20;

    /// <summary>The pace of any length of a message.</summary>
    /// <param name="costs">What things cost.</param>
    /// <param name="isOnHost">Whether the test runs on the host, and not in a guest.</param>
    /// <param name="bytes">The length of a message.</param>
    /// <returns>The pace.</returns>
    public static SecPace Of(CostOptions costs, bool isOnHost, long bytes)
    {
        long steady = isOnHost ? costs.HostSteadyNanosecondsPerMebibyte : costs.GuestSteadyNanosecondsPerMebibyte;
        return new SecPace(
            isOnHost ? costs.HostStartNanoseconds : costs.GuestStartNanoseconds,
            costs.EngineNanosecondsPerMebibyte * bytes / Mebibyte,
            steady * bytes / Mebibyte,
            costs.Engines);
    }
}
