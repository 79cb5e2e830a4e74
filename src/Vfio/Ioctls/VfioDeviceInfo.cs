using System.Buffers.Binary;

namespace Iopf.Vfio;

/// <summary>The answer to DEVICE_GET_INFO.</summary>
/// <remarks>Kernel: <c>struct vfio_device_info</c>; little endian.</remarks>
/// <param name="ArgumentSize">The size in bytes that the caller states (argsz).</param>
/// <param name="Flags">What kind of device it is.</param>
/// <param name="RegionCount">How many region indexes there are.</param>
/// <param name="InterruptCount">How many interrupt indexes there are.</param>
/// <param name="CapabilityOffset">Where a chain of capabilities starts; 0 = nowhere.</param>
public readonly record struct VfioDeviceInfo(
    uint ArgumentSize,
    VfioDeviceInfoBits Flags,
    uint RegionCount,
    uint InterruptCount,
    uint CapabilityOffset)
{
    /// <summary>The size of the whole structure in bytes.</summary>
    public const int Size = 20;

    /// <summary>The smallest size a caller may state.</summary>
    public const int MinimumSize = 16;

    private const int ArgumentSizeOffset = 0;
    private const int FlagsOffset = 4;
    private const int RegionCountOffset = 8;
    private const int InterruptCountOffset = 12;
    private const int CapabilityOffsetOffset = 16;
    private const int CapabilityEnd = 20;

    /// <summary>Reads the structure.</summary>
    /// <param name="source">At least 16 bytes.</param>
    /// <param name="value">The structure; default if it cannot be read.</param>
    /// <returns>Whether there were enough bytes; EFAULT for the ioctl if not.</returns>
    public static bool TryRead(ReadOnlySpan<byte> source, out VfioDeviceInfo value)
    {
        if (source.Length < MinimumSize)
        {
            value = default;
            return false;
        }

        value = new VfioDeviceInfo(
            BinaryPrimitives.ReadUInt32LittleEndian(source[ArgumentSizeOffset..]),
            (VfioDeviceInfoBits)BinaryPrimitives.ReadUInt32LittleEndian(source[FlagsOffset..]),
            BinaryPrimitives.ReadUInt32LittleEndian(source[RegionCountOffset..]),
            BinaryPrimitives.ReadUInt32LittleEndian(source[InterruptCountOffset..]),
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
        BinaryPrimitives.WriteUInt32LittleEndian(destination[RegionCountOffset..], RegionCount);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[InterruptCountOffset..], InterruptCount);
        if (destination.Length >= CapabilityEnd)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(destination[CapabilityOffsetOffset..], CapabilityOffset);
        }

        return true;
    }
}
