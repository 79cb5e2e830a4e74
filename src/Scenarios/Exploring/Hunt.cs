using Iopf.Kernel;
using Iopf.Scenarios;

namespace Iopf.Exploring;

/// <summary>One search for a defect: looks through the findings of an exploration as they come.</summary>
/// <remarks>A cycle in the order of locks shows in many a schedule in which nobody gets stuck; the search goes on for a while until somebody does.</remarks>
/// <param name="request">What is explored, with the defect on.</param>
/// <param name="id">The defect.</param>
public sealed class Hunt(RunRequest request, Erratum id)
{
    private const long Patience = 500;
    private int _looked;

    /// <summary>The defect.</summary>
    public Erratum Wanted => id;

    /// <summary>What shows it; <see langword="null"/> until something does.</summary>
    public Finding? Found { get; private set; }

    /// <summary>Looks at what was found since the last time.</summary>
    /// <param name="progress">How far the exploration is.</param>
    /// <returns>Whether to go on.</returns>
    public bool GoesOn(in ExplorationProgress progress)
    {
        for (; _looked < progress.Findings.Count; _looked++)
        {
            Finding finding = progress.Findings[_looked];
            if ((Found is null || (IsOnlyAnOrder(Found) && finding.Kind == "deadlock")) && RaceHunt.IsOf(finding, request, id))
            {
                Found = finding;
            }
        }

        return Found is null || (IsOnlyAnOrder(Found) && progress.Schedules < Found.FoundAt + Patience);
    }

    private static bool IsOnlyAnOrder(Finding finding) => finding is { Invariant: "L2", Kind: "violation" };
}
