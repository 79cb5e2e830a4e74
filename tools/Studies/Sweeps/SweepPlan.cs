using Iopf.Kernel;
using Iopf.Scenarios;
using Iopf.Workloads;

namespace Iopf.Sweeps;

/// <summary>A sweep: a scenario, and the points at which it is run.</summary>
public sealed class SweepPlan
{
    /// <summary>The most points of one sweep.</summary>
    public const long MostPoints = 1_000_000;

    private const string WorkloadOperation = "workload";
    private const string TestWorkload = "cover-letter";

    private readonly PointSetup _base;
    private readonly Dictionary<int, Scenario> _scenarios = [];

    /// <summary>Plans a sweep.</summary>
    /// <param name="request">What is run at every point, apart from what varies.</param>
    /// <param name="axes">What varies; the last varies fastest.</param>
    /// <param name="isZipped">Whether the axes go side by side, instead of each value with each.</param>
    /// <exception cref="InputException">The axes do not fit the scenario or one another.</exception>
    public SweepPlan(RunRequest request, IReadOnlyList<SweepAxis> axes, bool isZipped)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(axes);
        (Request, Axes, IsZipped) = (request, axes, isZipped);
        bool hasWorkload = request.Scenario.Steps.Any(static step => step.Op == WorkloadOperation);
        _base = new PointSetup(request, hasWorkload ? SecTestSetting.Usual : null, Devices: 1, PointSetup.Together);
        CheckNames();
        CheckScenario(hasWorkload);
        Count = CountPoints();
        if (!hasWorkload)
        {
            MultiplyDevices();
        }

        Columns = SweepColumns.For(hasWorkload);
    }

    /// <summary>What is run at every point, apart from what varies.</summary>
    public RunRequest Request { get; }

    /// <summary>What varies.</summary>
    public IReadOnlyList<SweepAxis> Axes { get; }

    /// <summary>Whether the axes go side by side.</summary>
    public bool IsZipped { get; }

    /// <summary>How many points there are.</summary>
    public long Count { get; }

    /// <summary>What is measured at each.</summary>
    public IReadOnlyList<SweepColumn> Columns { get; }

    /// <summary>Which value each axis has at a point.</summary>
    /// <param name="point">The point's number, from 0.</param>
    /// <returns>An index into the values of each axis.</returns>
    public int[] IndexesOf(long point)
    {
        int[] indexes = new int[Axes.Count];
        for (int axis = Axes.Count - 1; axis >= 0; axis--)
        {
            int values = Axes[axis].Values.Count;
            indexes[axis] = (int)(IsZipped ? point : point % values);
            point = IsZipped ? point : point / values;
        }

        return indexes;
    }

    /// <summary>The values of the axes at a point.</summary>
    /// <param name="point">The point's number, from 0.</param>
    /// <returns>A value for each axis.</returns>
    public IReadOnlyList<string> ValuesOf(long point)
    {
        int[] indexes = IndexesOf(point);
        return [.. Axes.Select((axis, number) => axis.Values[indexes[number]])];
    }

    /// <summary>What a point runs.</summary>
    /// <param name="point">The point's number, from 0.</param>
    /// <returns>The setup.</returns>
    public PointSetup SetupOf(long point)
    {
        int[] indexes = IndexesOf(point);
        PointSetup setup = _base;
        for (int axis = 0; axis < Axes.Count; axis++)
        {
            setup = Axes[axis].Apply(setup, indexes[axis]);
        }

        return setup.Devices == 1 || setup.Workload is not null ? setup : setup with { Request = setup.Request with { Scenario = _scenarios[setup.Devices] } };
    }

    private static bool IsOfMemory(ScenarioStep step) =>
        step.Steps.Any(IsOfMemory) || (step.Op == WorkloadOperation && step.Has("name") && step.Word("name") != TestWorkload);

    private SweepAxis? AxisOf(string name) => Axes.FirstOrDefault(axis => axis.Name == name);

    private void CheckNames()
    {
        if (Axes.Count == 0)
        {
            throw new InputException("--over: nothing varies; expected NAME=VALUES, such as Premap:Length=1,2,4,...,4096");
        }

        if (Axes.GroupBy(static axis => axis.Name).FirstOrDefault(static same => same.Count() > 1) is { } twice)
        {
            throw new InputException($"--over {twice.Key}: is there twice; give its values in one list");
        }
    }

    private void CheckScenario(bool hasWorkload)
    {
        string name = Request.Scenario.Name;
        if (Request.Scenario.Steps.Any(IsOfMemory))
        {
            throw new InputException($"{name}: measures how much memory the model takes, and a sweep does not; expected cover-letter, or a scenario without the step \"workload\"");
        }

        if (hasWorkload && Request.Scenario.Steps.Count > 1)
        {
            throw new InputException($"{name}: a sweep runs a workload by itself; expected a scenario with the one step \"workload\"");
        }

        foreach (SweepAxis axis in Axes)
        {
            if (axis.IsOfWorkload && !hasWorkload)
            {
                throw new InputException($"--over {axis.Name}: is a parameter of a workload, and {name} has none; expected a scenario such as cover-letter");
            }
        }

        if (hasWorkload && AxisOf(SweepParameters.Platform)?.Values.Contains(SecTestSetting.Sva) == true && AxisOf(SweepParameters.Devices) is not null)
        {
            throw new InputException($"--over {SweepParameters.Devices}: on the host there is one device; expected no {SweepParameters.Platform}={SecTestSetting.Sva}");
        }
    }

    private long CountPoints()
    {
        if (IsZipped)
        {
            return Axes.All(axis => axis.Values.Count == Axes[0].Values.Count)
                ? Axes[0].Values.Count
                : throw new InputException(
                    $"--zip: the lists have {string.Join(", ", Axes.Select(static axis => axis.Values.Count))} values; expected equally many in each");
        }

        long count = 1;
        foreach (SweepAxis axis in Axes)
        {
            count *= axis.Values.Count;
            if (count > MostPoints)
            {
                throw new InputException($"--over: the lists make more than {MostPoints} points; expected at most so many");
            }
        }

        return count;
    }

    // Made before the workers start: they only read.
    private void MultiplyDevices()
    {
        foreach (string value in AxisOf(SweepParameters.Devices)?.Values ?? [])
        {
            int devices = int.Parse(value, System.Globalization.CultureInfo.InvariantCulture);
            _scenarios[devices] = DeviceCopies.Of(Request.Scenario, devices);
        }
    }
}
