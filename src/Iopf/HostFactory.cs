using Iopf.Kernel;
using Iopf.Patches;
using Iopf.Promises;
using Iopf.Settings;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Iopf.Machine;

/// <summary>Builds hosts whose kernel has the same patches and options.</summary>
/// <param name="patches">Which patches are on.</param>
/// <param name="settings">Options by "Section:Name".</param>
public sealed class HostFactory(PatchSet patches, IReadOnlyDictionary<string, string> settings)
{
    /// <summary>Which patches are on.</summary>
    public PatchSet Patches { get; } = patches;

    /// <summary>Which defects of the posted code are on; none unless set.</summary>
    public ErrataSet Errata { get; init; }

    /// <summary>Who runs a host's threads; a new single-threaded scheduler for each host unless set.</summary>
    public Func<Scheduler> Scheduler { get; init; } = static () => new InlineScheduler();

    /// <summary>Whether the model's promises are watched; a host that is only to be fast does without.</summary>
    public bool WatchesPromises { get; init; } = true;

    /// <summary>Builds a host.</summary>
    /// <param name="spec">What it is made of.</param>
    /// <returns>The host; to be disposed of.</returns>
    public Host Create(MachineSpec spec) => new(spec, Services().BuildServiceProvider());

    /// <summary>A factory with one more option set.</summary>
    /// <param name="name">The option's "Section:Name".</param>
    /// <param name="value">Its value.</param>
    /// <returns>The factory.</returns>
    public HostFactory With(string name, string value) =>
        new(Patches, new Dictionary<string, string>(settings) { [name] = value })
        {
            Scheduler = Scheduler,
            Errata = Errata,
            WatchesPromises = WatchesPromises,
        };

    /// <summary>A factory whose hosts are not watched.</summary>
    /// <returns>The factory.</returns>
    public HostFactory Unwatched() => new(Patches, settings) { Scheduler = Scheduler, Errata = Errata, WatchesPromises = false };

    private ServiceCollection Services()
    {
        IConfiguration configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(setting => new KeyValuePair<string, string?>(setting.Key, setting.Value)))
            .Build();
        ServiceCollection services = new();
        services.AddIopfOptions(configuration);
        services.AddSingleton(_ => Scheduler());
        services.AddIopfModel(options => (options.Patches, options.Errata) = (Patches, Errata));
        return WatchesPromises ? (ServiceCollection)services.AddPromises() : services;
    }
}
