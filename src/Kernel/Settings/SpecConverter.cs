using System.ComponentModel;
using System.Globalization;

namespace Iopf.Kernel;

/// <summary>Lets configuration bind a value that has a text form of its own.</summary>
/// <typeparam name="T">The value.</typeparam>
public sealed class SpecConverter<T> : TypeConverter
    where T : IParsable<T>
{
    /// <inheritdoc/>
    public override bool CanConvertFrom(ITypeDescriptorContext? context, Type sourceType) =>
        sourceType == typeof(string) || base.CanConvertFrom(context, sourceType);

    /// <inheritdoc/>
    /// <exception cref="FormatException">The text is not of the expected form; the message says which that is.</exception>
    public override object? ConvertFrom(ITypeDescriptorContext? context, CultureInfo? culture, object value) =>
        value is string text ? T.Parse(text, culture) : base.ConvertFrom(context, culture, value);
}
