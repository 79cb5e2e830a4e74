using Iopf.Kernel;

namespace Iopf.Settings;

/// <summary>Everything a user may set, taken from the option classes themselves.</summary>
public static class SettableOptions
{
    /// <summary>All options, by section.</summary>
    public static IReadOnlyList<SettableOption> All { get; } = [.. OptionClasses.All.SelectMany(options => options.Options)];

    /// <summary>The options of one section.</summary>
    /// <param name="section">The section, in any letter case.</param>
    /// <returns>Its options; none if there is no such section.</returns>
    public static IReadOnlyList<SettableOption> OfSection(string section) =>
        [.. All.Where(option => option.Section.Equals(section, StringComparison.OrdinalIgnoreCase))];

    /// <summary>Reads one assignment.</summary>
    /// <param name="assignment">What the user wrote: <c>Section:Name=value</c>.</param>
    /// <param name="place">Where, for the complaint: the option or file it stands in.</param>
    /// <returns>The option and its checked value.</returns>
    /// <exception cref="InputException">It has another form, names no option, or its value is not allowed.</exception>
    public static KeyValuePair<string, string> Parse(string assignment, string place)
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
    public static KeyValuePair<string, string> Check(string key, string value, string place)
    {
        SettableOption? option = All.FirstOrDefault(option => option.Key.Equals(key, StringComparison.OrdinalIgnoreCase));
        if (option is null)
        {
            string names = string.Join(", ", All.Select(known => known.Key));
            throw new InputException($"{place}: there is no option '{key}'; expected one of {names}");
        }

        return new KeyValuePair<string, string>(option.Key, option.Check(value, place));
    }
}
