using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Iopf.Kernel;

namespace Iopf.Settings;

/// <summary>One option a user may set with <c>--set Section:Name=value</c>, in appsettings.json, or in the environment.</summary>
public sealed class SettableOption
{
    private readonly Type _type;
    private readonly RangeAttribute? _range;

    internal SettableOption(string section, string name, Type type, object? value, RangeAttribute? range)
    {
        Section = section;
        Name = name;
        _type = type;
        _range = range;
        Default = Text(value);
    }

    /// <summary>The configuration section.</summary>
    public string Section { get; }

    /// <summary>The name in its section.</summary>
    public string Name { get; }

    /// <summary>Section and name, as a user writes them.</summary>
    public string Key => $"{Section}:{Name}";

    /// <summary>The value it has when nobody sets it.</summary>
    public string Default { get; }

    /// <summary>The smallest value allowed; null if there is no bound.</summary>
    public string? Minimum => _range is null ? null : Text(_range.Minimum);

    /// <summary>The largest value allowed; null if there is no bound.</summary>
    public string? Maximum => _range is null ? null : Text(_range.Maximum);

    /// <summary>The values it can take, if they have names; empty otherwise.</summary>
    public IReadOnlyList<string> Names => _type.IsEnum ? Enum.GetNames(_type) : [];

    /// <summary>The expected form of a value, in words.</summary>
    public string Form
    {
        get
        {
            if (_type == typeof(bool))
            {
                return "true or false";
            }

            if (_type.IsEnum)
            {
                return "one of " + string.Join(", ", Names);
            }

            string kind = _type == typeof(double) ? "a number" : "an integer";
            return _range is null ? kind : $"{kind} from {Minimum} to {Maximum}";
        }
    }

    /// <summary>Checks a value and gives it its canonical spelling.</summary>
    /// <param name="value">What the user wrote.</param>
    /// <param name="place">Where, for the complaint.</param>
    /// <returns>The value as configuration binds it.</returns>
    /// <exception cref="InputException">The value has another form or lies out of range.</exception>
    public string Check(string value, string place)
    {
        ArgumentNullException.ThrowIfNull(value);
        object? parsed = Parsed(value.Trim());
        if (parsed is null || !IsInRange(parsed))
        {
            throw new InputException($"{place}: '{value}' is not a value of {Key}; expected {Form}");
        }

        return Text(parsed);
    }

    internal static bool CanHold(Type type) =>
        type == typeof(int) || type == typeof(long) || type == typeof(double) || type == typeof(bool) || type.IsEnum;

    private static string Text(object? value) =>
        value is bool flag ? (flag ? "true" : "false") : Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";

    private bool IsInRange(object value)
    {
        // The attribute converts the value to the type of its bounds: what does not fit there is out of range, too.
        try
        {
            return _range?.IsValid(value) != false;
        }
        catch (OverflowException)
        {
            return false;
        }
    }

    private object? Parsed(string text)
    {
        CultureInfo culture = CultureInfo.InvariantCulture;
        if (_type == typeof(bool))
        {
            return bool.TryParse(text, out bool flag) ? flag : null;
        }

        if (_type == typeof(double))
        {
            return double.TryParse(text, NumberStyles.Float, culture, out double number) && double.IsFinite(number) ? number : null;
        }

        if (_type.IsEnum)
        {
            string? name = Array.Find(Enum.GetNames(_type), known => known.Equals(text, StringComparison.OrdinalIgnoreCase));
            return name is null ? null : Enum.Parse(_type, name);
        }

        if (!long.TryParse(text, NumberStyles.AllowLeadingSign, culture, out long integer))
        {
            return null;
        }

        if (_type == typeof(long))
        {
            return integer;
        }

        return integer is >= int.MinValue and <= int.MaxValue ? (int)integer : null;
    }
}
