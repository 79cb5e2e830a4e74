using System.ComponentModel.DataAnnotations;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Reflection;

namespace Iopf.Kernel;

/// <summary>One option a user may set with <c>--set Section:Name=value</c>, in appsettings.json, or in the environment.</summary>
public sealed class SettableOption
{
    private readonly PropertyInfo _property;
    private readonly RangeAttribute? _range;

    private SettableOption(string section, PropertyInfo property, object defaults)
    {
        Section = section;
        _property = property;
        _range = property.GetCustomAttribute<RangeAttribute>();
        Default = Text(property.GetValue(defaults));
    }

    /// <summary>The configuration section.</summary>
    public string Section { get; }

    /// <summary>The name in its section.</summary>
    public string Name => _property.Name;

    /// <summary>Section and name, as a user writes them.</summary>
    public string Key => $"{Section}:{Name}";

    /// <summary>The value it has when nobody sets it.</summary>
    public string Default { get; }

    /// <summary>The smallest value allowed; null if there is no bound.</summary>
    public string? Minimum => _range is null ? null : Text(_range.Minimum);

    /// <summary>The largest value allowed; null if there is no bound.</summary>
    public string? Maximum => _range is null ? null : Text(_range.Maximum);

    /// <summary>The values it can take, if they have names; empty otherwise.</summary>
    public IReadOnlyList<string> Names => Type.IsEnum ? Enum.GetNames(Type) : [];

    /// <summary>The expected form of a value, in words.</summary>
    public string Form
    {
        get
        {
            if (Type == typeof(bool))
            {
                return "true or false";
            }

            if (Type.IsEnum)
            {
                return "one of " + string.Join(", ", Names);
            }

            string kind = Type == typeof(double) ? "a number" : "an integer";
            return _range is null ? kind : $"{kind} from {Minimum} to {Maximum}";
        }
    }

    private Type Type => _property.PropertyType;

    /// <summary>The options of a class: its public properties.</summary>
    /// <typeparam name="T">The class; its section is its constant <c>Section</c>, or else its name without "Options".</typeparam>
    /// <returns>The options, in the order in which the class declares them.</returns>
    public static IReadOnlyList<SettableOption> Of<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.All)] T>()
        where T : class, new()
    {
        T defaults = new();
        return [.. typeof(T).GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(static property => property.SetMethod is { IsPublic: true } && CanHold(property.PropertyType))
            .Select(property => new SettableOption(SectionOf(typeof(T)), property, defaults))];
    }

    /// <summary>The configuration section of an option class: its constant <c>Section</c>, or else its name without "Options".</summary>
    /// <param name="type">The class.</param>
    /// <returns>The section.</returns>
    public static string SectionOf([DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] Type type)
    {
        ArgumentNullException.ThrowIfNull(type);
        const string suffix = "Options";
        return type.GetField("Section", BindingFlags.Public | BindingFlags.Static)?.GetValue(null) as string
            ?? (type.Name.EndsWith(suffix, StringComparison.Ordinal) ? type.Name[..^suffix.Length] : type.Name);
    }

    /// <summary>What is wrong with the value that an object has.</summary>
    /// <param name="options">An object of the option's class.</param>
    /// <returns>Key, value and the expected form in one line; <see langword="null"/> if the value is allowed.</returns>
    public string? RefusalOf(object options)
    {
        object? value = _property.GetValue(options);
        bool isAllowed = value is not null && (Type.IsEnum ? Enum.IsDefined(Type, value) : IsInRange(value));
        return isAllowed ? null : $"{Key} = {Text(value)}: expected {Form}";
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

    private static bool CanHold(Type type) =>
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
        if (Type == typeof(bool))
        {
            return bool.TryParse(text, out bool flag) ? flag : null;
        }

        if (Type == typeof(double))
        {
            return double.TryParse(text, NumberStyles.Float, culture, out double number) && double.IsFinite(number) ? number : null;
        }

        if (Type.IsEnum)
        {
            string? name = Array.Find(Enum.GetNames(Type), known => known.Equals(text, StringComparison.OrdinalIgnoreCase));
            return name is null ? null : Enum.Parse(Type, name);
        }

        if (!long.TryParse(text, NumberStyles.AllowLeadingSign, culture, out long integer))
        {
            return null;
        }

        if (Type == typeof(long))
        {
            return integer;
        }

        return integer is >= int.MinValue and <= int.MaxValue ? (int)integer : null;
    }
}
