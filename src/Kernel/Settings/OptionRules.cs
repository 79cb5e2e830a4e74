using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using Microsoft.Extensions.Options;

namespace Iopf.Kernel;

/// <summary>Refuses option values that are out of range, in one line each: section, name, value, and what is allowed.</summary>
/// <typeparam name="T">The option class; its section is its constant <c>Section</c>.</typeparam>
internal sealed class OptionRules<T> : IValidateOptions<T>
    where T : class
{
    private static readonly string Section =
        typeof(T).GetField("Section", BindingFlags.Public | BindingFlags.Static)?.GetValue(null) as string ?? typeof(T).Name;

    private static readonly PropertyInfo[] Properties =
        [.. typeof(T).GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(static property => property.SetMethod is { IsPublic: true })];

    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, T options)
    {
        List<string> failures = [];
        foreach (PropertyInfo property in Properties)
        {
            object? value = property.GetValue(options);
            if (ExpectedInsteadOf(property, value) is string expected)
            {
                failures.Add(string.Create(CultureInfo.InvariantCulture, $"{Section}:{property.Name} = {value}: expected {expected}"));
            }
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private static bool IsIn(RangeAttribute range, object? value)
    {
        try
        {
            return range.IsValid(value);
        }
        catch (OverflowException)
        {
            // The value does not even fit the type of the bounds.
            return false;
        }
    }

    /// <summary>What is allowed, in words; <see langword="null"/> if the value is.</summary>
    private static string? ExpectedInsteadOf(PropertyInfo property, object? value)
    {
        if (property.PropertyType.IsEnum)
        {
            return Enum.IsDefined(property.PropertyType, value!) ? null : "one of " + string.Join(", ", Enum.GetNames(property.PropertyType));
        }

        return property.GetCustomAttribute<RangeAttribute>() is { } range && !IsIn(range, value)
            ? string.Create(CultureInfo.InvariantCulture, $"{(property.PropertyType == typeof(double) ? "a number" : "an integer")} from {range.Minimum} to {range.Maximum}")
            : null;
    }
}
