using System.Globalization;
using Iopf.Density;
using Iopf.Scenarios;
using Iopf.VfioType1;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace AdaptiveWindow;

/// <summary>The adaptive window beside fixed ones, on the same work.</summary>
public static class Measurement
{
    private const int Guests = 24;
    private static readonly int[] Fixed = [1, 8, 64, 512];

    /// <summary>The table of the README, as Markdown.</summary>
    public static IEnumerable<string> Table()
    {
        yield return "| window | first-fault: faults, pages | vfio-1mb, 100 messages: faults | vfio-10mb, 100 messages: faults | density, 24 guests: MiB/s | faults again per message |";
        yield return "|---|---|---|---|---|---|";
        foreach (int length in Fixed)
        {
            yield return Row(
                length.ToString(CultureInfo.InvariantCulture),
                services => services.Replace(ServiceDescriptor.Singleton<IFaultWindow>(new FixedWindow(length))),
                DensityPolicy.Parse($"iopf-{length}", "sample")[0]);
        }

        yield return Row(
            "adaptive",
            services => services.Replace(ServiceDescriptor.Scoped<IFaultWindow, AdaptiveWindow>()),
            DensityPolicy.MappedOnFault("adaptive", () => new AdaptiveDensity()));
    }

    private static string Row(string name, Action<IServiceCollection> services, DensityPolicy policy)
    {
        RunResult first = ScenarioRun.Execute(new RunRequest(BuiltInScenarios.Get("first-fault")) { Services = services });
        RunResult letter = ScenarioRun.Execute(new RunRequest(BuiltInScenarios.Get("cover-letter")) { Services = services });
        if (first.Violations.Count + letter.Violations.Count > 0)
        {
            throw new InvalidOperationException($"the window {name} breaks an invariant");
        }

        // A smaller host than the study's own, with as many guests as make it reclaim.
        DensitySpec spec = new()
        {
            HostMebibytes = 20_480,
            GuestMebibytes = 512,
            WorkingSetMebibytes = 192,
            Options = new DensityOptions { SettleMilliseconds = 10_000 },
        };
        DensityRun host = DensityRun.Of(spec, policy, Guests);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"| {name} | {first.Faults}, {first.MappedPages} | {Faults(letter, "vfio-1mb")} | {Faults(letter, "vfio-10mb")} | {host.Throughput:F0} | {(double)host.Counts.Refaults / host.Messages:F2} |");
    }

    private static long Faults(RunResult letter, string configuration) =>
        letter.Rows.Single(row => row.Config == configuration && row.Messages == 100).Faults;
}
