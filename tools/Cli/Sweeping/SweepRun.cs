using System.Diagnostics;
using Iopf.Kernel;
using Iopf.Scenarios;
using Iopf.Sweeps;

namespace Iopf.Cli.Sweeping;

/// <summary>Runs the points of a sweep that are not there yet.</summary>
/// <param name="plan">The sweep.</param>
/// <param name="execute">Runs a scenario; from several threads.</param>
/// <param name="workers">How many points are run side by side.</param>
internal sealed class SweepRun(SweepPlan plan, Func<RunRequest, RunResult> execute, int workers)
{
    private static readonly TimeSpan CommitEvery = TimeSpan.FromMilliseconds(500);

    private readonly List<object?[]> _points = [];
    private readonly PointRunner _runner = new(execute);

    /// <summary>What was measured, from point 0 on.</summary>
    public IReadOnlyList<object?[]> Points => _points;

    /// <summary>How many points an earlier run had done.</summary>
    public int There { get; private set; }

    /// <summary>Told after each point how many are done.</summary>
    public Action<long> Progress { get; init; } = static _ => { };

    /// <summary>Runs what is missing.</summary>
    /// <param name="journal">Where points are kept as they are done; <see langword="null"/> to keep them in memory only.</param>
    /// <param name="cancel">Ends the sweep before its time; what is done stays in the journal.</param>
    public void Execute(SweepJournal? journal, CancellationToken cancel)
    {
        _points.AddRange(journal?.Read() ?? []);
        There = _points.Count;
        Stopwatch sinceCommit = Stopwatch.StartNew();
        try
        {
            new SweepWorkers(workers).Do(There, plan.Count, Measure, (point, measured) =>
            {
                _points.Add(measured);
                journal?.Add(point, measured);
                if (sinceCommit.Elapsed > CommitEvery)
                {
                    journal?.Commit();
                    sinceCommit.Restart();
                }

                Progress(_points.Count);
            }, cancel);
        }
        finally
        {
            journal?.Commit();
        }

        if (_points.Count == plan.Count)
        {
            journal?.Finish();
        }
    }

    private object?[] Measure(long point)
    {
        try
        {
            PointResult result = _runner.Execute(plan.SetupOf(point));
            return [.. plan.Columns.Select(column => column.Value(result))];
        }
        catch (InputException wrong)
        {
            throw new InputException($"point {point}, {WordsOf(point)}: {wrong.Message}", wrong);
        }
        catch (Exception defect)
        {
            throw new InvalidOperationException($"point {point}, {WordsOf(point)}: {defect.Message}", defect);
        }
    }

    private string WordsOf(long point) => string.Join(' ', plan.ValuesOf(point).Select((value, axis) => $"{plan.Axes[axis].Name}={value}"));
}
