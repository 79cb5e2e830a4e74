using System.Globalization;
using Iopf.ArmSmmuV3.Hardware;
using Iopf.Machine;
using Iopf.Scenarios;
using Iopf.Scenarios.Steps;

namespace Iopf.Workloads;

/// <summary>Runs one row of the cover letter's table.</summary>
internal static class CoverLetterRun
{
    private const string Accelerator = "sec0";
    private const string User = "user";

    // One accelerator, one process that may lock all it wants.
    private static readonly MachineSpec Assigned = MachineOf(BoundDriver.Vfio);
    private static readonly MachineSpec Shared = MachineOf(BoundDriver.Host);

    /// <summary>Runs a row on a host of its own.</summary>
    /// <param name="hosts">Where the host comes from; its pre-map length is replaced by the configuration's.</param>
    /// <param name="configuration">The configuration.</param>
    /// <param name="messages">How many messages are sent.</param>
    /// <param name="totals">What the host's numbers are added to.</param>
    /// <param name="violations">What the promises broken by the row are added to.</param>
    /// <returns>The row.</returns>
    public static RunRow Execute(ModeledHostFactory hosts, string configuration, int messages, RunTotals totals, List<Violation> violations)
    {
        int premap = CoverLetter.PremapPages(configuration);
        using ModeledHost host = hosts
            .With("Premap:Length", premap.ToString(CultureInfo.InvariantCulture))
            .Create(configuration == CoverLetter.Sva ? Shared : Assigned);
        PromiseWatch promises = new(host);
        promises.Begin();
        ISecPlatform? platform = configuration == CoverLetter.Sva
            ? SvaSecPlatform.Start(host, host.Processes[User], host.Devices[Accelerator])
            : VfioSecPlatform.Start(host, host.Processes[User], host.Devices[Accelerator]);
        int messageBytes = CoverLetter.MessageBytes(configuration);
        SecTestOutcome outcome = platform is null ? default : new HisiSecTest(platform, messageBytes).Run(messages);
        promises.End($"workload {configuration}, {messages} messages", hasFailed: platform is null);
        violations.AddRange(promises.Violations);
        totals.Add(host);
        long published = CoverLetter.PublishedFaults(configuration, messages);
        return new RunRow(configuration, premap, messages, published, outcome.Faults, CoverLetter.Note(published, outcome));
    }

    private static MachineSpec MachineOf(BoundDriver driver) => new(
        [new SmmuSpec("smmu0", StallModel.StallOrTerminate)],
        [new DeviceSpec(Accelerator, "smmu0", StreamId: 0x20, Group: 1, CanStall: true, PasidBits: 8, driver, CanTransfer: true)],
        [],
        [new ProcessSpec(User, ulong.MaxValue, HasIpcLock: true)]);
}
