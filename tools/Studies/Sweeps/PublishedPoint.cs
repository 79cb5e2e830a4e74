using System.Globalization;
using Iopf.Kernel;
using Iopf.Patches;
using Iopf.Scenarios;
using Iopf.VfioType1.Patches.Premap;
using Iopf.Workloads;

namespace Iopf.Sweeps;

/// <summary>What was published for a point that is a row of the cover letter's table.</summary>
/// <param name="Faults">The faults.</param>
/// <param name="Slowdown">The slowdown in percent.</param>
internal sealed record PublishedPoint(long Faults, double Slowdown)
{
    private const string PremapLength = "Premap:Length";

    /// <summary>Finds what was published for a point.</summary>
    /// <param name="setup">The point.</param>
    /// <returns>The figures; <see langword="null"/> if it is no row of the table.</returns>
    public static PublishedPoint? Find(PointSetup setup)
    {
        if (setup is not { Workload: SecTestSetting test, Devices: 1 } || ConfigurationOf(setup.Request, test) is not string configuration)
        {
            return null;
        }

        long faults = CoverLetter.PublishedFaults(configuration, test.Messages);
        (double pinned, double iopf) = CoverLetter.PublishedSpeeds(configuration, test.Messages);
        return faults == 0 ? null : new PublishedPoint(faults, Math.Round(100 * (1 - (iopf / pinned)), 2));
    }

    // With the whole series, and none or all of its defects: the counts are the same.
    private static string? ConfigurationOf(RunRequest request, SecTestSetting test)
    {
        bool isSva = test.Platform == SecTestSetting.Sva;
        bool isSeries = request.PatchesInForce == PatchSet.All && (request.ErrataInForce.IsEmpty || request.ErrataInForce == ErrataSet.All);
        return CoverLetter.Configurations.FirstOrDefault(configuration =>
            isSeries
            && test.BufferSets == SecTestSetting.Usual.BufferSets
            && isSva == (configuration == CoverLetter.Sva)
            && test.MessageBytes == CoverLetter.MessageBytes(configuration)
            && (isSva || PremapIn(request.SettingsInForce) == CoverLetter.PremapPages(configuration)));
    }

    private static int PremapIn(IReadOnlyDictionary<string, string> settings) => settings.TryGetValue(PremapLength, out string? length)
        ? int.Parse(length, CultureInfo.InvariantCulture)
        : new PremapOptions().Length;
}
