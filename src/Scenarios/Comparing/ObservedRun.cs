using Iopf.Kernel;
using Iopf.Machine;
using Iopf.Scenarios;

namespace Iopf.Comparing;

/// <summary>A run of which everything that was asked for was kept.</summary>
/// <param name="Variant">The kernel it ran on.</param>
/// <param name="Result">What it came to.</param>
/// <param name="Events">Its steps; empty if nobody asked.</param>
/// <param name="States">The host after each operation; empty if nobody asked.</param>
public sealed record ObservedRun(Variant Variant, RunResult Result, IReadOnlyList<TraceEvent> Events, IReadOnlyList<HostState> States)
{
    /// <summary>Runs a scenario and keeps what is asked for.</summary>
    /// <param name="execute">Runs it.</param>
    /// <param name="request">What to run; its patches and defects do not count.</param>
    /// <param name="variant">The kernel to run it on.</param>
    /// <param name="withStates">Whether the host is looked at after each operation.</param>
    /// <param name="withSteps">Whether the steps are kept, each with its text: a run that faults for ever makes millions.</param>
    /// <returns>The run.</returns>
    public static ObservedRun Of(Func<RunRequest, RunResult> execute, RunRequest request, Variant variant, bool withStates = false, bool withSteps = true)
    {
        ArgumentNullException.ThrowIfNull(execute);
        ArgumentNullException.ThrowIfNull(request);
        List<TraceEvent> events = [];
        List<HostState> states = [];
        RunResult result = execute(request with
        {
            Patches = variant.Patches,
            Errata = variant.Errata,
            Trace = withSteps ? events.Add : null,
            AfterOperation = withStates ? (index, host) => states.Add(HostState.Of($"after operation {index}", host, withTables: false)) : null,
        });
        return new ObservedRun(variant, result, events, states);
    }

    /// <summary>The steps of one operation.</summary>
    /// <param name="operation">Its position in the run.</param>
    /// <returns>The first step's position and how many there are.</returns>
    public (int First, int Count) StepsOf(int operation)
    {
        int first = PositionOf(operation);
        int end = operation + 1 < Result.Operations.Count ? PositionOf(operation + 1) : Events.Count;
        return (first, end - first);
    }

    /// <summary>The operation that a step belongs to.</summary>
    /// <param name="step">The step's position.</param>
    /// <returns>The operation; <see langword="null"/> for a step before the first one.</returns>
    public RunOperation? OperationOf(int step)
    {
        for (int index = Result.Operations.Count - 1; index >= 0; index--)
        {
            if (PositionOf(index) <= step)
            {
                return Result.Operations[index];
            }
        }

        return null;
    }

    // Steps are numbered from the host's first one, which was made before anybody could listen.
    private int PositionOf(int operation)
    {
        long first = Events.Count == 0 ? 0 : Events[0].Index;
        return (int)Math.Clamp(Result.Operations[operation].FirstStep - first, 0, Events.Count);
    }
}
