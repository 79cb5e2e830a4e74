using System.Collections.Concurrent;
using Iopf.Kernel;
using Iopf.Patches;
using Iopf.Settings;
using Microsoft.Extensions.Configuration;

namespace Iopf;

/// <summary>The containers of this process by what they were composed of, so that a million hosts need only a few.</summary>
internal static class ModelContainers
{
    // More combinations than any run uses at a time; a sweep over more composes some of them again.
    private const int Most = 256;

    private static readonly ConcurrentDictionary<Key, Lazy<ModelContainer>> s_containers = [];

    /// <summary>The container of a combination, composed if it is asked for the first time.</summary>
    /// <param name="patches">Which patches are on.</param>
    /// <param name="errata">Which defects are on.</param>
    /// <param name="settings">Option values by "Section:Name".</param>
    /// <param name="isWatched">Whether the invariants are checked.</param>
    public static ModelContainer Get(PatchSet patches, ErrataSet errata, IReadOnlyDictionary<string, string> settings, bool isWatched)
    {
        if (s_containers.Count > Most)
        {
            s_containers.Clear();
        }

        Key key = new(patches, errata, TextOf(settings), isWatched);
        return s_containers.GetOrAdd(key, static (key, settings) => new(() => Compose(key.Patches, key.Errata, settings, key.IsWatched, null)), settings).Value;
    }

    /// <summary>Composes a container.</summary>
    /// <param name="patches">Which patches are on.</param>
    /// <param name="errata">Which defects are on.</param>
    /// <param name="settings">Option values by "Section:Name".</param>
    /// <param name="isWatched">Whether the invariants are checked.</param>
    /// <param name="change">Puts a caller's own answers over the model's.</param>
    public static ModelContainer Compose(
        PatchSet patches,
        ErrataSet errata,
        IReadOnlyDictionary<string, string> settings,
        bool isWatched,
        Action<Microsoft.Extensions.DependencyInjection.IServiceCollection>? change)
    {
        IConfiguration configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(static setting => new KeyValuePair<string, string?>(setting.Key, setting.Value)))
            .Build();
        return new ModelContainer(
            new IopfOptions { Patches = patches, Errata = errata }, isWatched, services => SettableOptions.Model.Bind(services, configuration), change);
    }

    private static string TextOf(IReadOnlyDictionary<string, string> settings) =>
        settings.Count == 0 ? "" : string.Join('\n', settings.Select(static setting => $"{setting.Key}={setting.Value}").Order(StringComparer.OrdinalIgnoreCase));

    private readonly record struct Key(PatchSet Patches, ErrataSet Errata, string Settings, bool IsWatched);
}
