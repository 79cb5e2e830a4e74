using System.Runtime.CompilerServices;

namespace Iopf.Kernel;

/// <summary>The parts of one step's text, as they were handed over: put together only when somebody reads it.</summary>
/// <remarks>Small values are kept as their bits, so that a step whose text nobody reads allocates nothing.</remarks>
internal sealed class TraceWords
{
    private Part[] _parts = new Part[16];
    private int _count;

    public void Clear() => _count = 0;

    public void Add(string words) => Next().Value = words;

    public void Add<T>(T value, string? format)
    {
        ref Part part = ref Next();
        part.Format = format;
        if (Unsafe.SizeOf<T>() <= Unsafe.SizeOf<Bits>() && !RuntimeHelpers.IsReferenceOrContainsReferences<T>())
        {
            part.Value = Formatter<T>.Instance;
            Unsafe.WriteUnaligned(ref Unsafe.As<Bits, byte>(ref part.Bits), value);
        }
        else
        {
            part.Value = value;
        }
    }

    /// <summary>The whole text.</summary>
    public override string ToString()
    {
        DefaultInterpolatedStringHandler text = new(0, 0, provider: null, stackalloc char[256]);
        foreach (ref Part part in _parts.AsSpan(0, _count))
        {
            if (part.Value is Formatter formatter)
            {
                formatter.Append(ref text, ref part);
            }
            else
            {
                text.AppendFormatted(part.Value, 0, part.Format);
            }
        }

        return text.ToStringAndClear();
    }

    private ref Part Next()
    {
        if (_count == _parts.Length)
        {
            Array.Resize(ref _parts, 2 * _count);
        }

        return ref _parts[_count++];
    }

    /// <summary>Room for any value of up to 16 bytes.</summary>
    private readonly record struct Bits(ulong Low, ulong High);

    private struct Part
    {
        /// <summary>A string or another object; for a value that is kept as its bits, who knows its type.</summary>
        public object? Value;
        public string? Format;
        public Bits Bits;
    }

    private abstract class Formatter
    {
        public abstract void Append(ref DefaultInterpolatedStringHandler text, ref Part part);
    }

    private sealed class Formatter<T> : Formatter
    {
        public static readonly Formatter Instance = new Formatter<T>();

        public override void Append(ref DefaultInterpolatedStringHandler text, ref Part part) =>
            text.AppendFormatted(Unsafe.ReadUnaligned<T>(ref Unsafe.As<Bits, byte>(ref part.Bits)), part.Format);
    }
}
