using Iopf.Kernel;
using Iopf.Machine;
using Iopf.Scenarios;
using Iopf.Views;

namespace Iopf.Cli.Output;

/// <summary>What was kept of a run to look at.</summary>
/// <param name="Result">What it came to.</param>
/// <param name="Events">Its steps.</param>
/// <param name="Moment">The host's state after the chosen operation, if one was chosen and reached.</param>
/// <param name="Fault">Which fault was chosen, from 1.</param>
internal sealed record TraceOfRun(RunResult Result, IReadOnlyList<TraceEvent> Events, HostState? Moment, int Fault)
{
    /// <summary>The diagram of the chosen fault.</summary>
    /// <returns>The diagram.</returns>
    /// <exception cref="InputException">The run has no such fault.</exception>
    public SequenceDiagram Diagram()
    {
        IReadOnlyList<FaultFlow> flows = FaultFlow.In(Events);
        return Fault <= flows.Count
            ? SequenceDiagram.Of(Events, flows[Fault - 1])
            : throw new InputException(flows.Count == 0
                ? $"--fault {Fault}: {Result.Scenario} has no stalled transaction with patches {Result.Patches}"
                : $"--fault {Fault}: {Result.Scenario} has {flows.Count} stalled transactions with patches {Result.Patches}; expected 1 to {flows.Count}");
    }

    /// <summary>The state at the chosen moment.</summary>
    /// <returns>The state.</returns>
    /// <exception cref="InputException">The run has no such moment.</exception>
    public HostState State() => Moment ?? throw new InputException(
        $"--after: {Result.Scenario} has {Result.Operations.Count} operations with patches {Result.Patches}; expected 0 to {Result.Operations.Count - 1}");
}
