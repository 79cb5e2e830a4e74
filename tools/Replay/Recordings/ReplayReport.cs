using Iopf.Machine;

namespace Iopf.Replay;

/// <summary>How the replay of one recording went.</summary>
/// <param name="File">The recording.</param>
/// <param name="Format">Its format.</param>
/// <param name="Operations">How many operations it has.</param>
/// <param name="Matched">How many were answered as recorded; operations without an answer count here.</param>
/// <param name="FirstMismatch">The first one that was not; null if all were.</param>
/// <param name="Violations">The promises of the model that were broken on the way.</param>
public sealed record ReplayReport(
    string File, string Format, int Operations, int Matched, ReplayMismatch? FirstMismatch, IReadOnlyList<Violation> Violations)
{
    /// <summary>How many were answered differently.</summary>
    public int Mismatched => Operations - Matched;
}
