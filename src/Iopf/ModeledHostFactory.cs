using Iopf.Kernel;
using Iopf.Machine;
using Iopf.Patches;
using Iopf.Settings;
using Microsoft.Extensions.DependencyInjection;

namespace Iopf;

/// <summary>Makes modeled hosts; two hosts share nothing.</summary>
/// <remarks>
/// From a container with <c>AddIopfModel</c>, each host has what the options say at the moment it is made. <see cref="Create"/> may be called from several threads;
/// a host belongs to one.
/// </remarks>
public sealed class ModeledHostFactory
{
    private readonly Func<bool, ModelContainer> _containerOf;

    /// <summary>Creates a factory whose hosts all have the same patches and option values.</summary>
    /// <param name="patches">Which patches are on.</param>
    /// <param name="settings">Option values by "Section:Name"; options that are absent have their defaults.</param>
    /// <exception cref="InputException">There is no such option, or a value is not allowed.</exception>
    public ModeledHostFactory(PatchSet patches, IReadOnlyDictionary<string, string> settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        Patches = patches;
        Settings = SettableOptions.Model.Checked(settings);
        Lazy<ModelContainer> container = new(() => Services is null
            ? ModelContainers.Get(Patches, Errata, Settings, WatchesPromises)
            : ModelContainers.Compose(Patches, Errata, Settings, WatchesPromises, Services));
        _containerOf = _ => container.Value;
    }

    internal ModeledHostFactory(Func<bool, ModelContainer> containerOf)
    {
        _containerOf = containerOf;
        Settings = new Dictionary<string, string>();
    }

    /// <summary>Which defects of the posted code are on; none unless set.</summary>
    public ErrataSet Errata { get; init; }

    /// <summary>Who runs a host's threads; a single-threaded scheduler of its own for each host unless set.</summary>
    public Func<Scheduler>? Scheduler { get; init; }

    /// <summary>Whether the invariants are watched. The default is true; a host that is only to be fast does without.</summary>
    public bool WatchesPromises { get; init; } = true;

    /// <summary>Changes the services of each host, such as an answer to a port; none unless set.</summary>
    public Action<IServiceCollection>? Services { get; init; }

    internal PatchSet Patches { get; }

    private IReadOnlyDictionary<string, string> Settings { get; }

    /// <summary>Makes a host.</summary>
    /// <param name="spec">What it is made of.</param>
    /// <returns>The host; to be disposed of.</returns>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">An option in force has a value that is not allowed.</exception>
    /// <exception cref="InputException">A device cannot be what the specification says.</exception>
    public ModeledHost Create(MachineSpec spec)
    {
        IServiceScope scope = Open();
        try
        {
            return new ModeledHost(spec, scope);
        }
        catch
        {
            scope.Dispose();
            throw;
        }
    }

    /// <summary>A factory of hosts that have one more option set.</summary>
    /// <param name="name">The option's "Section:Name".</param>
    /// <param name="value">Its value.</param>
    /// <returns>The factory.</returns>
    internal ModeledHostFactory With(string name, string value) => Like(new Dictionary<string, string>(Settings) { [name] = value }, WatchesPromises);

    /// <summary>A factory of hosts that are not watched.</summary>
    /// <returns>The factory.</returns>
    internal ModeledHostFactory Unwatched() => Like(Settings, watchesPromises: false);

    internal IServiceScope Open() => _containerOf(WatchesPromises).Open(Scheduler?.Invoke());

    private ModeledHostFactory Like(IReadOnlyDictionary<string, string> settings, bool watchesPromises) =>
        new(Patches, settings) { Scheduler = Scheduler, Errata = Errata, Services = Services, WatchesPromises = watchesPromises };
}
