using Iopf.Kernel;

namespace Iopf.Density;

/// <summary>Policies side by side over the number of guests.</summary>
/// <param name="Spec">The host and the guests.</param>
/// <param name="Curves">One curve per policy, in the order in which they were asked for.</param>
public sealed record DensityStudy(DensitySpec Spec, IReadOnlyList<DensityCurve> Curves)
{
    /// <summary>Runs a study; each run owns its host, so several may be under way at once.</summary>
    /// <param name="spec">The host and the guests.</param>
    /// <param name="policies">The policies.</param>
    /// <param name="guests">The numbers of guests, each from 1.</param>
    /// <param name="each">Runs work for each number from 0 to below a bound, in any order, and returns when all is done.</param>
    /// <param name="progress">Is told after each run how many are done, and of how many; from any thread.</param>
    /// <returns>The study; the same whatever <paramref name="each"/> does.</returns>
    /// <exception cref="InputException">The guests do not hold what they do, or the host holds no guest.</exception>
    public static DensityStudy Of(
        DensitySpec spec, IReadOnlyList<DensityPolicy> policies, IReadOnlyList<int> guests, Action<int, Action<int>> each, Action<int, int> progress)
    {
        ArgumentNullException.ThrowIfNull(spec);
        ArgumentNullException.ThrowIfNull(policies);
        ArgumentNullException.ThrowIfNull(guests);
        ArgumentNullException.ThrowIfNull(each);
        ArgumentNullException.ThrowIfNull(progress);
        _ = new GuestLayout(spec, spec.Options);
        if (spec.GuestFrames < DensitySpec.LeastFrames)
        {
            throw new InputException($"--memory: a host of {spec.HostMebibytes} MiB leaves guests less than 256 MiB beside Density:ReservedMebibytes; expected more");
        }

        int[] counts = [.. guests.Distinct().Order()];
        DensityRun[] runs = new DensityRun[policies.Count * counts.Length];
        int done = 0;
        each(runs.Length, number =>
        {
            runs[number] = DensityRun.Of(spec, policies[number / counts.Length], counts[number % counts.Length]);
            progress(Interlocked.Increment(ref done), runs.Length);
        });
        return new DensityStudy(spec, [.. policies.Select((policy, i) => new DensityCurve(policy, runs[(i * counts.Length)..((i + 1) * counts.Length)]))]);
    }
}
