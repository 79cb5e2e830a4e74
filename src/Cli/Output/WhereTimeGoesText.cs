using System.Globalization;
using Iopf.Kernel;
using Iopf.Workloads;

namespace Iopf.Cli.Output;

/// <summary>Where the time of the table's runs went: stages of a fault, engines, threads and locks.</summary>
internal static class WhereTimeGoesText
{
    private static readonly string[] StageHeader =
        ["a fault, us", "record", "wake", "decode", "worker", "handler", "pages", "response", "resume", "retry", "queues", "in all", "longest"];

    private static readonly string[] RunHeader =
        ["a run", "ms", "faults", "moving", "own fault", "other's fault", "threads and their CPUs", "most waited for"];

    /// <summary>The lines.</summary>
    /// <param name="table">The table.</param>
    /// <param name="together">The runs of several devices.</param>
    /// <returns>The lines, without line breaks.</returns>
    public static IEnumerable<string> Lines(CoverLetterTable table, IReadOnlyList<TopologyRow> together)
    {
        List<(string Name, SecTiming Timing)> cells = [.. table.Rows.Select(row => (NameOf(row.Config, row.Messages), row.Iopf))];
        List<(string Name, SecTiming Timing)> devices =
            [.. together.Select(row => ($"{NameOf(row.Config, row.Messages)}, {row.Topology}", row.Timing))];
        return
        [
            "Where the time of a fault goes, on average (a fault alone pays every stage once; \"queues\" is waiting for a thread, a CPU or a lock):",
            "",
            .. TextTable.Lines(StageHeader, cells.Select(StageCells)),
            "",
            "Where the time of a run goes: engines in percent of their messages' time, threads in percent of the run:",
            "",
            .. TextTable.Lines(RunHeader, cells.Select(RunCells)),
            "",
            "Two devices, each with its test, and what they share:",
            "",
            .. TextTable.Lines(RunHeader, devices.Select(RunCells)),
        ];
    }

    /// <summary>The lock that was waited for longest, in words.</summary>
    /// <param name="timing">The run.</param>
    /// <returns>Its name, the waiting and the holding; "no lock" if nobody waited.</returns>
    public static string MostWaitedFor(SecTiming timing) =>
        timing.Locks.Where(static used => used.WaitingNanoseconds > 0).MaxBy(static used => used.WaitingNanoseconds) is { } worst
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"{worst.Name}: waited {worst.Contentions} times, {Microseconds(worst.WaitingNanoseconds)} us; held {Share(worst.HeldNanoseconds, timing)}")
            : "no lock";

    /// <summary>A thread in words.</summary>
    /// <param name="thread">The thread.</param>
    /// <param name="timing">The run.</param>
    /// <returns>Its name, CPU, share of the run, and how often it was woken.</returns>
    public static string Words(ThreadTimes thread, SecTiming timing) => string.Create(
        CultureInfo.InvariantCulture,
        $"{thread.Name} {Share(thread.BusyNanoseconds, timing)} of {thread.Processor.Name}, {thread.WakeUps} wake-ups");

    private static string NameOf(string config, int messages) => string.Create(CultureInfo.InvariantCulture, $"{config} at {messages}");

    private static string[] StageCells((string Name, SecTiming Timing) run)
    {
        SecTiming timing = run.Timing;
        long faults = Math.Max(1, timing.Faults);
        return
        [
            run.Name,
            .. StageTimes.Stages.Select(stage => PerFault(timing.Stages.NanosecondsOf(stage), faults)),
            PerFault(timing.QueueNanoseconds, faults),
            PerFault(timing.StallNanoseconds, faults),
            PerFault(timing.Devices.Max(static device => device.LongestStallNanoseconds), 1),
        ];
    }

    private static string[] RunCells((string Name, SecTiming Timing) run)
    {
        SecTiming timing = run.Timing;
        long whole = timing.Devices.Sum(static device => device.MessageNanoseconds);
        return
        [
            run.Name,
            (timing.ElapsedNanoseconds / 1e6).ToString("0.000", CultureInfo.InvariantCulture),
            timing.Faults.ToString(CultureInfo.InvariantCulture),
            Percent(timing.Devices.Sum(static device => device.TransferNanoseconds), whole),
            Percent(timing.StallNanoseconds, whole),
            Percent(timing.Devices.Sum(static device => device.SharedNanoseconds), whole),
            string.Join("; ", timing.Threads.Select(thread => Words(thread, timing))),
            MostWaitedFor(timing),
        ];
    }

    private static string Share(long nanoseconds, SecTiming timing) => Percent(nanoseconds, timing.ElapsedNanoseconds);

    private static string Percent(long part, long whole) =>
        (whole > 0 ? 100.0 * part / whole : 0).ToString("0.0", CultureInfo.InvariantCulture) + " %";

    private static string PerFault(long nanoseconds, long faults) => Microseconds((double)nanoseconds / faults);

    private static string Microseconds(double nanoseconds) => (nanoseconds / 1000).ToString("0.0", CultureInfo.InvariantCulture);
}
