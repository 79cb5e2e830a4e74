using System.Diagnostics.CodeAnalysis;
using Iopf.Kernel;
using Iopf.VfioType1;
using Iopf.VfioType1.Patches.DeferredMapping;
using Iopf.VfioType1.Patches.Premap;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Iopf.Settings;

/// <summary>The options that a user may set, read from the option classes themselves.</summary>
public sealed class SettableOptions
{
    private readonly IReadOnlyList<OptionClass> _classes;

    private SettableOptions(IReadOnlyList<OptionClass> classes)
    {
        _classes = classes;
        All = [.. classes.SelectMany(options => options.Options)];
    }

    /// <summary>The options of the model: the one place that lists its option classes, in the order in which a user sees them.</summary>
    public static SettableOptions Model { get; } = new(
    [
        OptionClass.Of<PremapOptions>(),
        OptionClass.Of<CostOptions>(),
        OptionClass.Of<Type1Options>(),
        OptionClass.Of<DirtyOptions>(),
    ]);

    /// <summary>All options, by section.</summary>
    public IReadOnlyList<SettableOption> All { get; }

    /// <summary>These options and those of one more class, such as the options of a study.</summary>
    /// <typeparam name="T">The class; its section is its constant <c>Section</c>, or else its name without "Options".</typeparam>
    /// <returns>The larger set.</returns>
    public SettableOptions With<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.All)] T>()
        where T : class, new() =>
        new([.. _classes, OptionClass.Of<T>()]);

    /// <summary>The options of one section.</summary>
    /// <param name="section">The section, in any letter case.</param>
    /// <returns>Its options; none if there is no such section.</returns>
    public IReadOnlyList<SettableOption> OfSection(string section) =>
        [.. All.Where(option => option.Section.Equals(section, StringComparison.OrdinalIgnoreCase))];

    /// <summary>Reads one assignment.</summary>
    /// <param name="assignment">What the user wrote: <c>Section:Name=value</c>.</param>
    /// <param name="place">Where, for the complaint: the option or file it stands in.</param>
    /// <returns>The option and its checked value.</returns>
    /// <exception cref="InputException">It has another form, names no option, or its value is not allowed.</exception>
    public KeyValuePair<string, string> Parse(string assignment, string place)
    {
        ArgumentNullException.ThrowIfNull(assignment);
        int equals = assignment.IndexOf('=', StringComparison.Ordinal);
        if (equals < 0)
        {
            throw new InputException($"{place}: '{assignment}' assigns nothing; expected Section:Name=value, such as Premap:Length=64");
        }

        string key = assignment[..equals].Trim();
        return Check(key, assignment[(equals + 1)..], place);
    }

    /// <summary>Checks one key and its value.</summary>
    /// <param name="key">Section and name, in any letter case.</param>
    /// <param name="value">The value as written.</param>
    /// <param name="place">Where, for the complaint.</param>
    /// <returns>The option's key and its checked value.</returns>
    /// <exception cref="InputException">There is no such option, or its value is not allowed.</exception>
    public KeyValuePair<string, string> Check(string key, string value, string place)
    {
        SettableOption? option = All.FirstOrDefault(option => option.Key.Equals(key, StringComparison.OrdinalIgnoreCase));
        if (option is null)
        {
            string names = NearestNames.List(All.Select(known => known.Key), key);
            throw new InputException($"{place}: there is no option '{key}'; expected one of {names}");
        }

        return new KeyValuePair<string, string>(option.Key, option.Check(value, place));
    }

    /// <summary>The option values that configuration sets, checked.</summary>
    /// <param name="configuration">The merged configuration.</param>
    /// <returns>Values by <c>Section:Name</c>; options that configuration does not set are absent.</returns>
    /// <exception cref="InputException">A known section holds an unknown name, or a value is not allowed.</exception>
    public IReadOnlyDictionary<string, string> ValuesIn(IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        SortedDictionary<string, string> values = new(StringComparer.Ordinal);
        foreach (OptionClass options in _classes)
        {
            foreach (IConfigurationSection entry in configuration.GetSection(options.Section).GetChildren())
            {
                KeyValuePair<string, string> setting = Check(entry.Path, entry.Value ?? "", "configuration");
                values[setting.Key] = setting.Value;
            }
        }

        return values;
    }

    /// <summary>Adds every option class, bound to its section and checked when it is first read.</summary>
    /// <param name="services">The container.</param>
    /// <param name="configuration">The merged configuration.</param>
    /// <returns>The container.</returns>
    public IServiceCollection Bind(IServiceCollection services, IConfiguration configuration)
    {
        foreach (OptionClass options in _classes)
        {
            options.Bind(services, configuration);
        }

        return services;
    }

    /// <summary>Option values with the spelling that configuration binds.</summary>
    /// <param name="settings">Values by "Section:Name".</param>
    /// <exception cref="InputException">There is no such option, or a value is not allowed.</exception>
    internal IReadOnlyDictionary<string, string> Checked(IReadOnlyDictionary<string, string> settings)
    {
        Dictionary<string, string> values = new(settings.Count);
        foreach ((string key, string value) in settings)
        {
            KeyValuePair<string, string> setting = Check(key, value, "settings");
            values[setting.Key] = setting.Value;
        }

        return values;
    }

    /// <summary>What is wrong in the known sections of a configuration.</summary>
    /// <param name="configuration">The root.</param>
    /// <returns>One line for each fault: key, value, what was expected.</returns>
    internal IEnumerable<string> Refused(IConfiguration configuration)
    {
        foreach (OptionClass options in _classes)
        {
            if (configuration.GetSection(options.Section).Value is { Length: > 0 } text)
            {
                yield return $"{options.Section} = {text}: expected a section with {string.Join(", ", options.Options.Select(static option => option.Name))}";
            }
        }

        foreach ((string section, IConfigurationSection entry) in _classes.SelectMany(options => configuration.GetSection(options.Section).GetChildren().Select(entry => (options.Section, entry))))
        {
            string? refused = null;
            try
            {
                Check($"{section}:{entry.Key}", entry.Value ?? "", "configuration");
            }
            catch (InputException complaint)
            {
                refused = complaint.Message;
            }

            if (refused is not null)
            {
                yield return refused;
            }
        }
    }

    /// <summary>Adds every option class, checked when it is first read.</summary>
    /// <param name="services">The container.</param>
    internal void AddTo(IServiceCollection services)
    {
        foreach (OptionClass options in _classes)
        {
            options.Add(services);
        }
    }

    /// <summary>The values that a container has now, one object for each class.</summary>
    /// <param name="provider">The container.</param>
    internal IEnumerable<object> CurrentValues(IServiceProvider provider) => _classes.Select(options => options.Current(provider));

    /// <summary>Adds values that never change.</summary>
    /// <param name="services">The container.</param>
    /// <param name="values">One object for each class.</param>
    internal void Fix(IServiceCollection services, ReadOnlySpan<object> values)
    {
        for (int i = 0; i < _classes.Count; i++)
        {
            _classes[i].Fix(services, values[i]);
        }
    }
}
