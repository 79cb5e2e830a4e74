using System.Buffers.Binary;

namespace Iopf.Vfio;

/// <summary>Whose dirty pages are read, and where they go.</summary>
/// <remarks>Kernel: <c>struct vfio_iommu_type1_dirty_bitmap_get</c>; little endian.</remarks>
/// <param name="Iova">The first device address.</param>
/// <param name="Length">The size of the range in bytes.</param>
/// <param name="Bitmap">The bitmap.</param>
public readonly record struct VfioDirtyRange(ulong Iova, ulong Length, VfioBitmap Bitmap)
{
    /// <summary>The size of the whole structure in bytes.</summary>
    public const int Size = 40;

    private const int IovaOffset = 0;
    private const int LengthOffset = 8;
    private const int BitmapOffset = 16;

    /// <summary>Reads the structure.</summary>
    /// <param name="source">At least 40 bytes.</param>
    /// <param name="value">The structure; default if it cannot be read.</param>
    /// <returns>Whether there were enough bytes; EFAULT for the ioctl if not.</returns>
    public static bool TryRead(ReadOnlySpan<byte> source, out VfioDirtyRange value)
    {
        if (source.Length < Size || !VfioBitmap.TryRead(source[BitmapOffset..], out VfioBitmap bitmap))
        {
            value = default;
            return false;
        }

        value = new VfioDirtyRange(
            BinaryPrimitives.ReadUInt64LittleEndian(source[IovaOffset..]),
            BinaryPrimitives.ReadUInt64LittleEndian(source[LengthOffset..]),
            bitmap);
        return true;
    }

    /// <summary>Writes the structure.</summary>
    /// <param name="destination">At least 40 bytes.</param>
    /// <returns>Whether there were enough bytes; EFAULT for the ioctl if not.</returns>
    public bool Write(Span<byte> destination)
    {
        if (destination.Length < Size)
        {
            return false;
        }

        BinaryPrimitives.WriteUInt64LittleEndian(destination[IovaOffset..], Iova);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[LengthOffset..], Length);
        return Bitmap.Write(destination[BitmapOffset..]);
    }
}
