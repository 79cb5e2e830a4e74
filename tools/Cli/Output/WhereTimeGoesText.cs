using System.Globalization;
using Iopf.Kernel;
using Iopf.Schedulers;
using Iopf.Workloads;

namespace Iopf.Cli.Output;

/// <summary>Where the time of the table's runs went: stages of a fault, engines, threads and locks.</summary>
internal static class WhereTimeGoesText
{
    /// <summary>The names of the columns of a fault.</summary>
    public static string[] StageHeader { get; } =
        ["a fault, us", "record", "wake", "decode", "worker", "handler", "pages", "response", "resume", "retry", "queues", "in all", "longest"];

    /// <summary>The names of the columns of a run.</summary>
    public static string[] RunHeader { get; } =
        ["a run", "ms", "faults", "moving", "own fault", "other's fault", "threads and their CPUs", "most waited for"];

    /// <summary>The lines.</summary>
    /// <param name="table">The table.</param>
    /// <param name="together">The runs of several devices.</param>
    /// <returns>The lines, without line breaks.</returns>
    public static IEnumerable<string> Lines(CoverLetterTable table, IReadOnlyList<TopologyRow> together) =>
    [
        "Where the time of a fault goes, on average (\"queues\" is waiting for a thread, a CPU or a lock):",
        "",
        .. TextTable.Lines(StageHeader, Cells(table).Select(StageCells)),
        "",
        "Where the time of a run goes: engines in percent of their messages' time, threads and locks in percent of the run:",
        "",
        .. TextTable.Lines(RunHeader, Cells(table).Select(RunCells)),
        "",
        "Two devices, each with its test, and what they share:",
        "",
        .. TextTable.Lines(RunHeader, Cells(together).Select(RunCells)),
        "",
        "How far faults overlap: served one after another they would take so many times longer than they made the run",
        "(published and model, both with the model's cost of a fault alone):",
        "",
        .. TextTable.Lines(["config", "messages", "published", "model"], table.Rows.Select(row => OverlapCells(table, row))),
    ];

    /// <summary>The runs of the table.</summary>
    /// <param name="table">The table.</param>
    /// <returns>Each with its name.</returns>
    public static IEnumerable<(string Name, SecTiming Timing)> Cells(CoverLetterTable table) =>
        table.Rows.Select(static row => (NameOf(row.Config, row.Messages), row.Iopf));

    /// <summary>The runs of several devices.</summary>
    /// <param name="together">The rows.</param>
    /// <returns>Each with its name.</returns>
    public static IEnumerable<(string Name, SecTiming Timing)> Cells(IEnumerable<TopologyRow> together) =>
        together.Select(static row => ($"{NameOf(row.Config, row.Messages)}, {row.Topology}", row.Timing));

    private static string MostWaitedFor(SecTiming timing) =>
        timing.Locks.Where(static used => used.WaitingNanoseconds > 0).MaxBy(static used => used.WaitingNanoseconds) is { } worst
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"{worst.Name}: waited {worst.Contentions} times, {Microseconds(worst.WaitingNanoseconds)} us; held {Share(worst.HeldNanoseconds, timing)}")
            : "no lock";

    private static string Words(ThreadTimes thread, SecTiming timing) => string.Create(
        CultureInfo.InvariantCulture,
        $"{thread.Name} {Share(thread.BusyNanoseconds, timing)} of {thread.Processor.Name}, {thread.WakeUps} wake-ups");

    private static string NameOf(string config, int messages) => string.Create(CultureInfo.InvariantCulture, $"{config} at {messages}");

    /// <summary>A fault's columns.</summary>
    /// <param name="run">The run.</param>
    /// <returns>As many as <see cref="StageHeader"/> has.</returns>
    public static string[] StageCells((string Name, SecTiming Timing) run)
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

    /// <summary>A run's columns.</summary>
    /// <param name="run">The run.</param>
    /// <returns>As many as <see cref="RunHeader"/> has.</returns>
    public static string[] RunCells((string Name, SecTiming Timing) run)
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

    private static string[] OverlapCells(CoverLetterTable table, TableRow row) =>
    [
        row.Config,
        row.Messages.ToString(CultureInfo.InvariantCulture),
        Times(row.PublishedOverlap(table.FaultAlone(row.Config))),
        Times(row.ModelOverlap(table.FaultAlone(row.Config))),
    ];

    private static string Times(double value) => double.IsFinite(value) ? value.ToString("0.00", CultureInfo.InvariantCulture) : "-";

    private static string Share(long nanoseconds, SecTiming timing) => Percent(nanoseconds, timing.ElapsedNanoseconds);

    private static string Percent(long part, long whole) =>
        (whole > 0 ? 100.0 * part / whole : 0).ToString("0.0", CultureInfo.InvariantCulture) + " %";

    private static string PerFault(long nanoseconds, long faults) => Microseconds((double)nanoseconds / faults);

    private static string Microseconds(double nanoseconds) => (nanoseconds / 1000).ToString("0.0", CultureInfo.InvariantCulture);
}
