using System.Buffers.Binary;

namespace Iopf.Vfio;

/// <summary>The argument of IOMMU_DIRTY_PAGES; with GET_BITMAP a <see cref="VfioDirtyRange"/> follows it.</summary>
/// <remarks>Kernel: <c>struct vfio_iommu_type1_dirty_bitmap</c>; little endian.</remarks>
/// <param name="ArgumentSize">The size in bytes that the caller states (argsz).</param>
/// <param name="Flags">What to do.</param>
public readonly record struct VfioDirtyPages(uint ArgumentSize, VfioDirtyPagesBits Flags)
{
    /// <summary>The size of the whole structure in bytes.</summary>
    public const int Size = 8;

    private const int ArgumentSizeOffset = 0;
    private const int FlagsOffset = 4;

    /// <summary>Reads the structure.</summary>
    /// <param name="source">At least 8 bytes.</param>
    /// <param name="value">The structure; default if it cannot be read.</param>
    /// <returns>Whether there were enough bytes; EFAULT for the ioctl if not.</returns>
    public static bool TryRead(ReadOnlySpan<byte> source, out VfioDirtyPages value)
    {
        if (source.Length < Size)
        {
            value = default;
            return false;
        }

        value = new VfioDirtyPages(
            BinaryPrimitives.ReadUInt32LittleEndian(source[ArgumentSizeOffset..]),
            (VfioDirtyPagesBits)BinaryPrimitives.ReadUInt32LittleEndian(source[FlagsOffset..]));
        return true;
    }

    /// <summary>Writes the structure.</summary>
    /// <param name="destination">At least 8 bytes.</param>
    /// <returns>Whether there were enough bytes; EFAULT for the ioctl if not.</returns>
    public bool Write(Span<byte> destination)
    {
        if (destination.Length < Size)
        {
            return false;
        }

        BinaryPrimitives.WriteUInt32LittleEndian(destination[ArgumentSizeOffset..], ArgumentSize);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[FlagsOffset..], (uint)Flags);
        return true;
    }
}
