using System.Runtime.CompilerServices;

namespace Iopf.Kernel;

/// <summary>The text of a step: its parts are kept only when somebody listens, and put together only when somebody reads them.</summary>
/// <remarks>The compiler hands over the parts of an interpolated string passed to <c>Step</c> of <see cref="HostKernel"/>.</remarks>
[InterpolatedStringHandler]
public readonly ref struct TraceText
{
    private readonly TraceWords? _words;

    /// <summary>Called by the compiler.</summary>
    /// <param name="literalLength">The length of the literal parts.</param>
    /// <param name="formattedCount">How many parts are formatted.</param>
    /// <param name="kernel">Whose trace it is for.</param>
    /// <param name="isOn">Whether the parts are needed at all.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TraceText(int literalLength, int formattedCount, HostKernel kernel, out bool isOn)
    {
        ArgumentNullException.ThrowIfNull(kernel);
        isOn = kernel.Trace.IsOn;
        _words = isOn ? kernel.Trace.Begin() : null;
    }

    /// <summary>Whether anybody listens.</summary>
    internal bool IsWanted => _words is not null;

    /// <summary>Called by the compiler.</summary>
    /// <param name="value">A literal part.</param>
    public void AppendLiteral(string value) => _words!.Add(value);

    /// <summary>Called by the compiler.</summary>
    /// <typeparam name="T">The type of the part.</typeparam>
    /// <param name="value">A formatted part.</param>
    public void AppendFormatted<T>(T value) => _words!.Add(value, format: null);

    /// <summary>Called by the compiler.</summary>
    /// <typeparam name="T">The type of the part.</typeparam>
    /// <param name="value">A formatted part.</param>
    /// <param name="format">Its format.</param>
    public void AppendFormatted<T>(T value, string? format) => _words!.Add(value, format);
}
