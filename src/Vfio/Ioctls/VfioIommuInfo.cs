using System.Buffers.Binary;

namespace Iopf.Vfio;

/// <summary>The answer to IOMMU_GET_INFO; a <see cref="VfioCapabilityChain"/> may follow it.</summary>
/// <remarks>Kernel: <c>struct vfio_iommu_type1_info</c>; little endian.</remarks>
/// <param name="ArgumentSize">The size in bytes that the caller states (argsz).</param>
/// <param name="Flags">Which parts are valid.</param>
/// <param name="PageSizes">The page sizes of the container: bit n stands for 2^n bytes.</param>
/// <param name="CapabilityOffset">Where the chain of capabilities starts, in bytes from the start of the structure; 0 = nowhere.</param>
public readonly record struct VfioIommuInfo(uint ArgumentSize, VfioIommuInfoBits Flags, ulong PageSizes, uint CapabilityOffset)
{
    /// <summary>The size of the whole structure in bytes.</summary>
    public const int Size = 24;

    /// <summary>The smallest size a caller may state.</summary>
    public const int MinimumSize = 16;

    private const int ArgumentSizeOffset = 0;
    private const int FlagsOffset = 4;
    private const int PageSizesOffset = 8;
    private const int CapabilityOffsetOffset = 16;
    private const int CapabilityEnd = 20;

    /// <summary>Reads the structure.</summary>
    /// <param name="source">At least 16 bytes.</param>
    /// <param name="value">The structure; default if it cannot be read.</param>
    /// <returns>Whether there were enough bytes; EFAULT for the ioctl if not.</returns>
    public static bool TryRead(ReadOnlySpan<byte> source, out VfioIommuInfo value)
    {
        if (source.Length < MinimumSize)
        {
            value = default;
            return false;
        }

        value = new VfioIommuInfo(
            BinaryPrimitives.ReadUInt32LittleEndian(source[ArgumentSizeOffset..]),
            (VfioIommuInfoBits)BinaryPrimitives.ReadUInt32LittleEndian(source[FlagsOffset..]),
            BinaryPrimitives.ReadUInt64LittleEndian(source[PageSizesOffset..]),
            source.Length < CapabilityEnd ? 0 : BinaryPrimitives.ReadUInt32LittleEndian(source[CapabilityOffsetOffset..]));
        return true;
    }

    /// <summary>Writes the structure, or as much of it as there is room for, up to the caller's size.</summary>
    /// <param name="destination">At least 16 bytes.</param>
    /// <returns>Whether there were enough bytes; EFAULT for the ioctl if not.</returns>
    public bool Write(Span<byte> destination)
    {
        if (destination.Length < MinimumSize)
        {
            return false;
        }

        BinaryPrimitives.WriteUInt32LittleEndian(destination[ArgumentSizeOffset..], ArgumentSize);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[FlagsOffset..], (uint)Flags);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[PageSizesOffset..], PageSizes);
        if (destination.Length >= CapabilityEnd)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(destination[CapabilityOffsetOffset..], CapabilityOffset);
        }

        return true;
    }
}
