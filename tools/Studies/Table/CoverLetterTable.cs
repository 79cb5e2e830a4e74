using Iopf.Kernel;
using Iopf.Patches;

namespace Iopf.Workloads;

/// <summary>The cover letter's table: nine cells, and the two rows that only the second posting has.</summary>
/// <remarks>
/// The model runs as posted, every erratum on, which is what the authors measured. Each row is two runs on hosts of their own: with
/// faults, and with all memory there from the beginning.
/// </remarks>
public sealed class CoverLetterTable
{
    /// <summary>The number of messages that only the second posting has.</summary>
    public const int SecondPostingMessages = 5000;

    /// <summary>How far a slowdown may be from the published one.</summary>
    /// <value>Percentage points.</value>
    public const double Tolerance = 2;

    private static readonly (string Config, int Messages)[] Cells =
    [
        .. CoverLetter.Configurations.SelectMany(static config => new[] { 1, 100, 1000 }, static (config, messages) => (config, messages)),
        (CoverLetter.Vfio1, SecondPostingMessages),
        (CoverLetter.Sva, SecondPostingMessages),
    ];

    private CoverLetterTable(IReadOnlyList<TableRow> rows, IReadOnlyList<CostParameter> parameters) => (Rows, Parameters) = (rows, parameters);

    /// <summary>The rows: the nine cells in the order of the cover letter, then the two others.</summary>
    public IReadOnlyList<TableRow> Rows { get; }

    /// <summary>What the times rest on.</summary>
    public IReadOnlyList<CostParameter> Parameters { get; }

    /// <summary>The row among the nine cells whose slowdown differs most from the published one.</summary>
    public TableRow Worst => Rows.Where(static row => !row.IsOfSecondPosting).MaxBy(static row => Math.Abs(row.Difference))!;

    /// <summary>How long a fault takes on average where one message is under way, so that no two faults meet.</summary>
    /// <param name="config">The configuration.</param>
    /// <returns>Nanoseconds.</returns>
    public double FaultAlone(string config)
    {
        SecTiming alone = Rows.Single(row => row.Config == config && row.Messages == 1).Iopf;
        return (double)alone.StallNanoseconds / Math.Max(1, alone.Faults);
    }

    /// <summary>Runs the table.</summary>
    /// <param name="settings">Options by "Section:Name"; the pre-map length is the row's.</param>
    /// <param name="seed">The seed of the pages that the host takes away, if it does.</param>
    /// <returns>The table; the same for the same arguments, however many rows run side by side.</returns>
    public static CoverLetterTable Run(IReadOnlyDictionary<string, string> settings, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(settings);
        SecTiming[] timings = new SecTiming[2 * Cells.Length];

        // Each run owns a whole machine: side by side they share nothing. The longest begin first.
        Parallel.ForEach(
            Enumerable.Range(0, timings.Length).OrderByDescending(static run => Cells[run / 2].Messages),
            new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount },
            run =>
            {
                (string config, int messages) = Cells[run / 2];
                timings[run] = RunOf(settings, config, Topology.OneDevice, isStatic: run % 2 == 0).Execute(messages, seed);
            });
        return new CoverLetterTable([.. Cells.Select((_, cell) => RowOf(cell, timings))], CostParameters.With(settings));
    }

    /// <summary>Prepares a run of the posted series.</summary>
    /// <param name="settings">Options by "Section:Name".</param>
    /// <param name="config">The configuration.</param>
    /// <param name="topology">How devices are spread.</param>
    /// <param name="isStatic">Whether all memory is there before the device begins.</param>
    /// <returns>The run.</returns>
    public static TimedSecRun RunOf(IReadOnlyDictionary<string, string> settings, string config, Topology topology, bool isStatic) =>
        new(PatchSet.All, ErrataSet.All, settings, config, topology, isStatic);

    private static TableRow RowOf(int cell, SecTiming[] timings)
    {
        (string config, int messages) = Cells[cell];
        (double pinned, double iopf) = CoverLetter.PublishedSpeeds(config, messages);
        double kilobytes = (double)CoverLetter.MessageBytes(config) / 1024 * messages;
        return new TableRow(
            config,
            CoverLetter.PremapPages(config),
            messages,
            CoverLetter.PublishedFaults(config, messages),
            kilobytes / pinned * 1e9,
            kilobytes / iopf * 1e9,
            timings[2 * cell],
            timings[(2 * cell) + 1]);
    }
}
