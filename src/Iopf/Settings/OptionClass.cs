using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Iopf.Kernel;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Iopf.Settings;

/// <summary>One option class: its section, its options, and how it is bound.</summary>
/// <param name="Section">The configuration section.</param>
/// <param name="Options">What can be set in it.</param>
/// <param name="Add">Adds it to a container, checked when it is first read.</param>
/// <param name="Bind">Adds it to a container, bound to its section and checked when it is first read.</param>
/// <param name="Current">The values that a container has now; the same object until they change.</param>
/// <param name="Fix">Adds values to a container that never change there.</param>
internal sealed record OptionClass(
    string Section,
    IReadOnlyList<SettableOption> Options,
    Action<IServiceCollection> Add,
    Action<IServiceCollection, IConfiguration> Bind,
    Func<IServiceProvider, object> Current,
    Action<IServiceCollection, object> Fix)
{
    /// <summary>Describes an option class by its public properties.</summary>
    /// <typeparam name="T">The class; its section is its constant <c>Section</c>, or else its name without "Options".</typeparam>
    /// <returns>The description.</returns>
    public static OptionClass Of<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.All)] T>()
        where T : class, new()
    {
        string section = SettableOption.SectionOf(typeof(T));
        return new OptionClass(
            section,
            SettableOption.Of<T>(),
            static services => services.AddCheckedOptions<T>(),
            (services, configuration) => services.AddCheckedOptions<T>().AddOptions<T>().Bind(configuration.GetSection(section)),
            static provider => provider.GetRequiredService<IOptionsMonitor<T>>().CurrentValue,
            static (services, values) => services.AddSingleton<IOptions<T>>(new OptionsWrapper<T>(Copy((T)values))));
    }

    private static T Copy<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.All)] T>(T values)
        where T : class, new()
    {
        T copy = new();
        foreach (PropertyInfo property in typeof(T).GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            if (property.SetMethod is { IsPublic: true })
            {
                property.SetValue(copy, property.GetValue(values));
            }
        }

        return copy;
    }
}
