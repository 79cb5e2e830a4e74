namespace Iopf.Vfio;

/// <summary>
/// A user's ioctl argument: a number, or the structure it points to and the memory that structure itself points to (dirty bitmaps).
/// </summary>
/// <remarks>Kernel: the <c>unsigned long arg</c> of an ioctl; a span that is too short is memory the user cannot access (EFAULT).</remarks>
public readonly ref struct UserArgument
{
    /// <summary>Passes a structure.</summary>
    /// <param name="structure">The structure in its binary form; answers are written back into it.</param>
    /// <param name="payload">What the structure points to; empty if it points to nothing.</param>
    public UserArgument(Span<byte> structure, Span<byte> payload)
    {
        Structure = structure;
        Payload = payload;
    }

    /// <summary>Passes a bare number.</summary>
    /// <param name="value">The number: a type, an extension.</param>
    public UserArgument(ulong value) => Value = value;

    /// <summary>The structure in its binary form; empty if the argument is a number.</summary>
    public Span<byte> Structure { get; }

    /// <summary>What the structure points to; empty if it points to nothing.</summary>
    public Span<byte> Payload { get; }

    /// <summary>The number; 0 if the argument is a structure.</summary>
    public ulong Value { get; }
}
