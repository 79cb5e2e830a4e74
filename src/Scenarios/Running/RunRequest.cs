using Iopf.ArmSmmuV3.Hardware;
using Iopf.Kernel;
using Iopf.Machine;
using Iopf.Patches;
using Iopf.Schedulers;
using Microsoft.Extensions.DependencyInjection;

namespace Iopf.Scenarios;

/// <summary>What is to be run, and how.</summary>
/// <param name="Scenario">The scenario.</param>
/// <param name="Patches">Which patches are on; <see langword="null"/> for those the scenario asks for.</param>
/// <param name="Settings">Options by "Section:Name"; they win over the scenario's own.</param>
/// <param name="Seed">The seed of whatever draws lots. Nothing does under the inline scheduler.</param>
/// <param name="Trace">Told every step; <see langword="null"/> if nobody listens.</param>
public sealed record RunRequest(
    Scenario Scenario, PatchSet? Patches, IReadOnlyDictionary<string, string> Settings, ulong Seed, Action<TraceEvent>? Trace)
{
    /// <summary>Asks for a run with the scenario's own patches and options, and nothing else.</summary>
    /// <param name="scenario">The scenario.</param>
    public RunRequest(Scenario scenario)
        : this(scenario, null, new Dictionary<string, string>(), 0, null)
    {
    }

    /// <summary>What is to be run.</summary>
    public Scenario Scenario { get; init; } = Scenario ?? throw new ArgumentNullException(nameof(Scenario));

    /// <summary>Changes the services of each host of the run, such as an answer to a port; <see langword="null"/> if nothing is changed.</summary>
    /// <remarks>Patches, errata and options are those of the request: what is configured here about them is not asked for.</remarks>
    public Action<IServiceCollection>? Services { get; init; }

    /// <summary>Which defects of the posted code are on; <see langword="null"/> for those the scenario asks for.</summary>
    public ErrataSet? Errata { get; init; }

    /// <summary>The defects that are on: those of the request, or else those the scenario asks for.</summary>
    public ErrataSet ErrataInForce => Errata ?? (Scenario.Errata is string ids ? ErrataSpec.Parse(ids) : ErrataSet.None);

    /// <summary>The patches that are on: those of the request, or else those the scenario asks for, or else all.</summary>
    public PatchSet PatchesInForce => Patches ?? (Scenario.Patches is string spec ? PatchSpec.Parse(spec) : PatchSet.All);

    /// <summary>The options that are set: the scenario's, and over them those of the request.</summary>
    public IReadOnlyDictionary<string, string> SettingsInForce
    {
        get
        {
            Dictionary<string, string> settings = new(Scenario.Settings, StringComparer.OrdinalIgnoreCase);
            foreach (KeyValuePair<string, string> setting in Settings)
            {
                settings[setting.Key] = setting.Value;
            }

            return settings;
        }
    }

    /// <summary>Which calls are to fail once the machine is there; <see langword="null"/> if none is.</summary>
    public FailurePlan? Failures { get; init; }

    /// <summary>Whether an operation during which a planned failure came, and that answers an error, is done once more.</summary>
    public bool RetriesFailed { get; init; }

    /// <summary>Who decides which thread goes on in a <c>parallel</c> step; <see langword="null"/> for the schedule that is written there.</summary>
    public ISchedule? Schedule { get; init; }

    /// <summary>Which parts of the SMMUs' state are printed as they are after the last step.</summary>
    public IReadOnlyList<SmmuDumpPart> Dump { get; init; } = [];

    /// <summary>Shown the host after each operation with the operation's number; it looks and changes nothing.</summary>
    public Action<int, ModeledHost>? AfterOperation { get; init; }
}
