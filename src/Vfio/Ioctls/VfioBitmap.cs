using System.Buffers.Binary;

namespace Iopf.Vfio;

/// <summary>Where dirty pages are to be written.</summary>
/// <remarks>Kernel: <c>struct vfio_bitmap</c>; little endian.</remarks>
/// <param name="PageSize">How many bytes one bit stands for.</param>
/// <param name="Length">The size of the bitmap in bytes.</param>
/// <param name="Data">The user address of the bitmap; in the model the memory itself is <see cref="UserArgument.Payload"/>.</param>
public readonly record struct VfioBitmap(ulong PageSize, ulong Length, ulong Data)
{
    /// <summary>The size of the whole structure in bytes.</summary>
    public const int Size = 24;

    private const int PageSizeOffset = 0;
    private const int LengthOffset = 8;
    private const int DataOffset = 16;

    /// <summary>Reads the structure.</summary>
    /// <param name="source">At least 24 bytes.</param>
    /// <param name="value">The structure; default if it cannot be read.</param>
    /// <returns>Whether there were enough bytes; EFAULT for the ioctl if not.</returns>
    public static bool TryRead(ReadOnlySpan<byte> source, out VfioBitmap value)
    {
        if (source.Length < Size)
        {
            value = default;
            return false;
        }

        value = new VfioBitmap(
            BinaryPrimitives.ReadUInt64LittleEndian(source[PageSizeOffset..]),
            BinaryPrimitives.ReadUInt64LittleEndian(source[LengthOffset..]),
            BinaryPrimitives.ReadUInt64LittleEndian(source[DataOffset..]));
        return true;
    }

    /// <summary>Writes the structure.</summary>
    /// <param name="destination">At least 24 bytes.</param>
    /// <returns>Whether there were enough bytes; EFAULT for the ioctl if not.</returns>
    public bool Write(Span<byte> destination)
    {
        if (destination.Length < Size)
        {
            return false;
        }

        BinaryPrimitives.WriteUInt64LittleEndian(destination[PageSizeOffset..], PageSize);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[LengthOffset..], Length);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[DataOffset..], Data);
        return true;
    }
}
