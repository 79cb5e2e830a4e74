using System.Buffers.Binary;

namespace Iopf.Vfio;

/// <summary>The argument of IOMMU_UNMAP_DMA; with GET_DIRTY_BITMAP a <see cref="VfioBitmap"/> follows it.</summary>
/// <remarks>Kernel: <c>struct vfio_iommu_type1_dma_unmap</c>; little endian.</remarks>
/// <param name="ArgumentSize">The size in bytes that the caller states (argsz).</param>
/// <param name="Flags">How mappings are removed.</param>
/// <param name="Iova">The first device address.</param>
/// <param name="Length">The size in bytes; written back: how much was unmapped.</param>
public readonly record struct VfioUnmapDma(uint ArgumentSize, VfioUnmapDmaBits Flags, ulong Iova, ulong Length)
{
    /// <summary>The size of the whole structure in bytes.</summary>
    public const int Size = 24;

    private const int ArgumentSizeOffset = 0;
    private const int FlagsOffset = 4;
    private const int IovaOffset = 8;
    private const int LengthOffset = 16;

    /// <summary>Reads the structure.</summary>
    /// <param name="source">At least 24 bytes.</param>
    /// <param name="value">The structure; default if it cannot be read.</param>
    /// <returns>Whether there were enough bytes; EFAULT for the ioctl if not.</returns>
    public static bool TryRead(ReadOnlySpan<byte> source, out VfioUnmapDma value)
    {
        if (source.Length < Size)
        {
            value = default;
            return false;
        }

        value = new VfioUnmapDma(
            BinaryPrimitives.ReadUInt32LittleEndian(source[ArgumentSizeOffset..]),
            (VfioUnmapDmaBits)BinaryPrimitives.ReadUInt32LittleEndian(source[FlagsOffset..]),
            BinaryPrimitives.ReadUInt64LittleEndian(source[IovaOffset..]),
            BinaryPrimitives.ReadUInt64LittleEndian(source[LengthOffset..]));
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

        BinaryPrimitives.WriteUInt32LittleEndian(destination[ArgumentSizeOffset..], ArgumentSize);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[FlagsOffset..], (uint)Flags);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[IovaOffset..], Iova);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[LengthOffset..], Length);
        return true;
    }
}
