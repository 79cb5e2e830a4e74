using Iopf.Kernel;
using Iopf.Scenarios;

namespace Iopf.Errata;

/// <summary>A scenario that shows one defect of the posted code, and what to look at.</summary>
/// <param name="Id">The defect.</param>
/// <param name="Needs">Defects without which it cannot be reached; on in both runs.</param>
/// <param name="Invariant">The promise that it breaks.</param>
/// <param name="About">What is seen, in one sentence.</param>
/// <param name="Observations">What the posted run must show, and the corrected one must not.</param>
/// <param name="Scenario">What happens; its expectations are those of the corrected code.</param>
public sealed record Reproducer(
    Erratum Id, ErrataSet Needs, string Invariant, string About, IReadOnlyList<Observation> Observations, Scenario Scenario)
{
    /// <summary>Options of the corrected run only: a policy is chosen, not corrected.</summary>
    public IReadOnlyDictionary<string, string> CorrectedSettings { get; init; } = new Dictionary<string, string>();

    /// <summary>What the needed defects still break when this one is corrected, as parts of the violations' texts.</summary>
    public IReadOnlyList<string> Remains { get; init; } = [];
}
