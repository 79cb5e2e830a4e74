using System.Runtime.CompilerServices;

namespace Iopf.Kernel;

/// <summary>The text of a trace event, built only when somebody listens.</summary>
/// <remarks>The compiler builds it from an interpolated string passed to <c>Step</c> of <see cref="HostKernel"/>.</remarks>
[InterpolatedStringHandler]
public ref struct TraceText
{
    private DefaultInterpolatedStringHandler _text;

    /// <summary>Called by the compiler.</summary>
    /// <param name="literalLength">The length of the literal parts.</param>
    /// <param name="formattedCount">How many parts are formatted.</param>
    /// <param name="kernel">Whose trace it is for.</param>
    /// <param name="isOn">Whether the text is needed at all.</param>
    public TraceText(int literalLength, int formattedCount, HostKernel kernel, out bool isOn)
    {
        ArgumentNullException.ThrowIfNull(kernel);
        isOn = kernel.Trace.IsOn;
        _text = isOn ? new DefaultInterpolatedStringHandler(literalLength, formattedCount, provider: null, kernel.Trace.Room) : default;
    }

    /// <summary>Called by the compiler.</summary>
    /// <param name="value">A literal part.</param>
    public void AppendLiteral(string value) => _text.AppendLiteral(value);

    /// <summary>Called by the compiler.</summary>
    /// <typeparam name="T">The type of the part.</typeparam>
    /// <param name="value">A formatted part.</param>
    public void AppendFormatted<T>(T value) => _text.AppendFormatted(value);

    /// <summary>Called by the compiler.</summary>
    /// <typeparam name="T">The type of the part.</typeparam>
    /// <param name="value">A formatted part.</param>
    /// <param name="format">Its format.</param>
    public void AppendFormatted<T>(T value, string? format) => _text.AppendFormatted(value, format);

    internal string ToStringAndClear() => _text.ToStringAndClear();
}
