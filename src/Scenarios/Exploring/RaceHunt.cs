using Iopf.Errata;
using Iopf.Kernel;
using Iopf.Scenarios;
using Iopf.Schedulers;

namespace Iopf.Exploring;

/// <summary>The search for one defect of the posted code in the orders of a scenario's threads.</summary>
public static class RaceHunt
{
    /// <summary>The built-in scenario in which a defect goes wrong under some schedule.</summary>
    /// <param name="id">The defect.</param>
    /// <returns>The first one, by name, that concerns it.</returns>
    /// <exception cref="InputException">None does.</exception>
    public static Scenario ScenarioOf(Erratum id)
    {
        Scenario[] all = [.. ScenarioFile.BuiltIn.Select(static info => ScenarioFile.Load(info.Name))];
        if (all.FirstOrDefault(scenario => scenario.Concerns.Contains(id)) is { } found)
        {
            return found;
        }

        ErrataSet known = ErrataSet.Of([.. all.SelectMany(static scenario => scenario.Concerns.Members)]);
        throw new InputException($"--find {id}: no built-in scenario with threads is about it; expected one of {known}");
    }

    /// <summary>The defects that are on while one is looked for: itself, and those without which it cannot be reached.</summary>
    /// <param name="id">The defect.</param>
    /// <returns>The set.</returns>
    public static ErrataSet ErrataFor(Erratum id) => Reproducers.All[id].Needs.With(id);

    /// <summary>Whether a finding is the defect's: the same schedule shows it no more when only the defect is corrected.</summary>
    /// <param name="finding">The finding.</param>
    /// <param name="request">What was run.</param>
    /// <param name="id">The defect.</param>
    /// <returns>Whether it is.</returns>
    public static bool IsOf(Finding finding, RunRequest request, Erratum id)
    {
        ArgumentNullException.ThrowIfNull(finding);
        ArgumentNullException.ThrowIfNull(request);
        RunResult corrected = ScenarioRun.Execute(request with
        {
            Scenario = finding.Scenario,
            Errata = Reproducers.All[id].Needs,
            Schedule = new WrittenSchedule(finding.Schedule),
        });
        return Trouble.In(corrected).All(trouble => trouble.Signature != finding.Signature) && Matches(finding, Reproducers.All[id]);
    }

    private static bool Matches(Finding finding, Reproducer reproducer)
    {
        Observation[] violations = [.. reproducer.Observations.Where(static observation => observation.Step is null)];
        return violations.Length == 0
            ? finding.Kind == "expectation"
            : violations.Any(observation => finding.Invariant == observation.Value && finding.Detail.Contains(observation.Contains, StringComparison.Ordinal));
    }
}
