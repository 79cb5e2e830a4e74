using System.Collections.Concurrent;
using Iopf.Patches;
using Iopf.Workloads;

namespace Iopf.Sweeps;

/// <summary>How long the workload takes with all its memory there from the beginning; run once for all points that differ in the series only.</summary>
internal sealed class PinnedTimes
{
    private const string SectionOfPremap = "Premap:";

    private readonly ConcurrentDictionary<string, Lazy<long>> _times = new();

    /// <summary>The time for a point.</summary>
    /// <param name="setup">The point.</param>
    /// <param name="test">How its workload is run.</param>
    /// <returns>Nanoseconds.</returns>
    public long Of(PointSetup setup, SecTestSetting test)
    {
        // Without the series nothing is pre-mapped, and no patch and no defect of it is there.
        SortedDictionary<string, string> settings = new(StringComparer.Ordinal);
        foreach (KeyValuePair<string, string> setting in setup.Request.SettingsInForce)
        {
            if (!setting.Key.StartsWith(SectionOfPremap, StringComparison.OrdinalIgnoreCase))
            {
                settings.Add(setting.Key, setting.Value);
            }
        }

        string key = $"{test} {setup.Topology} {setup.Request.Seed} {string.Join(' ', settings)}";
        return _times.GetOrAdd(key, _ => new Lazy<long>(() =>
            new TimedSecRun(PatchSet.None, default, settings, test, setup.Topology, isStatic: true).Execute(test.Messages, setup.Request.Seed).ElapsedNanoseconds)).Value;
    }
}
