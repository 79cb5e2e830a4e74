using Iopf.Machine;

namespace Iopf.Replay;

/// <summary>A machine with one VFIO container that performs recorded operations in order.</summary>
public interface IType1Replayer
{
    /// <summary>The promises of the model that were broken so far.</summary>
    IReadOnlyList<Violation> Violations { get; }

    /// <summary>Performs an operation with its recorded inputs. It must not look at the recorded answer.</summary>
    /// <param name="operation">The operation.</param>
    /// <returns>What the machine answered, built with the methods of <see cref="RecordedAnswer"/>.</returns>
    RecordedAnswer Answer(RecordedOperation operation);
}
