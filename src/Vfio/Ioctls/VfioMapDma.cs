using System.Buffers.Binary;

namespace Iopf.Vfio;

/// <summary>The argument of IOMMU_MAP_DMA.</summary>
/// <remarks>Kernel: <c>struct vfio_iommu_type1_dma_map</c>; little endian.</remarks>
/// <param name="ArgumentSize">The size in bytes that the caller states (argsz).</param>
/// <param name="Flags">What the mapping allows.</param>
/// <param name="Vaddr">The first address of the memory in the caller's address space.</param>
/// <param name="Iova">The first device address.</param>
/// <param name="Length">The size of the mapping in bytes.</param>
public readonly record struct VfioMapDma(uint ArgumentSize, VfioMapDmaBits Flags, ulong Vaddr, ulong Iova, ulong Length)
{
    /// <summary>The size of the whole structure in bytes.</summary>
    public const int Size = 32;

    private const int ArgumentSizeOffset = 0;
    private const int FlagsOffset = 4;
    private const int VaddrOffset = 8;
    private const int IovaOffset = 16;
    private const int LengthOffset = 24;

    /// <summary>Reads the structure.</summary>
    /// <param name="source">At least 32 bytes.</param>
    /// <param name="value">The structure; default if it cannot be read.</param>
    /// <returns>Whether there were enough bytes; EFAULT for the ioctl if not.</returns>
    public static bool TryRead(ReadOnlySpan<byte> source, out VfioMapDma value)
    {
        if (source.Length < Size)
        {
            value = default;
            return false;
        }

        value = new VfioMapDma(
            BinaryPrimitives.ReadUInt32LittleEndian(source[ArgumentSizeOffset..]),
            (VfioMapDmaBits)BinaryPrimitives.ReadUInt32LittleEndian(source[FlagsOffset..]),
            BinaryPrimitives.ReadUInt64LittleEndian(source[VaddrOffset..]),
            BinaryPrimitives.ReadUInt64LittleEndian(source[IovaOffset..]),
            BinaryPrimitives.ReadUInt64LittleEndian(source[LengthOffset..]));
        return true;
    }

    /// <summary>Writes the structure.</summary>
    /// <param name="destination">At least 32 bytes.</param>
    /// <returns>Whether there were enough bytes; EFAULT for the ioctl if not.</returns>
    public bool Write(Span<byte> destination)
    {
        if (destination.Length < Size)
        {
            return false;
        }

        BinaryPrimitives.WriteUInt32LittleEndian(destination[ArgumentSizeOffset..], ArgumentSize);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[FlagsOffset..], (uint)Flags);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[VaddrOffset..], Vaddr);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[IovaOffset..], Iova);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[LengthOffset..], Length);
        return true;
    }
}
