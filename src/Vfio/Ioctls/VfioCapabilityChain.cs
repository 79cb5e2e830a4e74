using System.Buffers.Binary;
using Iopf.Kernel;

namespace Iopf.Vfio;

/// <summary>The capabilities that follow an info structure, each naming the offset of the next.</summary>
/// <remarks>
/// Kernel: <c>struct vfio_info_cap_header</c>, <c>vfio_info_cap_add</c>, <c>vfio_info_cap_shift</c>. A header is id (u16), version (u16)
/// and next (u32, an offset from the start of the info structure, 0 = last). Capabilities follow each other without padding.
/// </remarks>
public sealed class VfioCapabilityChain
{
    /// <summary>The id of the list of usable device addresses.</summary>
    public const ushort IovaRangeId = 1;

    /// <summary>The id of the migration capability.</summary>
    public const ushort MigrationId = 2;

    /// <summary>The id of the number of mappings that may still be made.</summary>
    public const ushort DmaAvailableId = 3;

    /// <summary>The size of a header in bytes.</summary>
    public const int HeaderSize = 8;

    /// <summary>The size of the migration capability in bytes.</summary>
    public const int MigrationSize = 32;

    /// <summary>The size of the dma_avail capability in bytes.</summary>
    public const int DmaAvailableSize = 12;

    /// <summary>The size of the iova range capability in bytes before its ranges, each of which adds 16.</summary>
    public const int IovaRangeHeadSize = 16;

    private const ushort Version = 1;
    private const int NextOffset = 4;

    private byte[] _bytes = [];
    private int _lastHeader = -1;

    /// <summary>The size of all capabilities in bytes.</summary>
    public int Size => _bytes.Length;

    /// <summary>Finds a capability in an answered info structure.</summary>
    /// <param name="structure">The whole structure, capabilities included.</param>
    /// <param name="firstOffset">The offset of the first capability; 0 if there is none.</param>
    /// <param name="id">The id looked for.</param>
    /// <param name="capability">The capability from its header to the end of the structure.</param>
    /// <returns>Whether there is one; a chain that leaves the structure or runs backwards ends there.</returns>
    public static bool TryFind(ReadOnlySpan<byte> structure, uint firstOffset, ushort id, out ReadOnlySpan<byte> capability)
    {
        uint offset = firstOffset;
        while (offset != 0 && (ulong)offset + HeaderSize <= (ulong)structure.Length)
        {
            capability = structure[(int)offset..];
            if (BinaryPrimitives.ReadUInt16LittleEndian(capability) == id)
            {
                return true;
            }

            uint next = BinaryPrimitives.ReadUInt32LittleEndian(capability[NextOffset..]);
            offset = next > offset ? next : 0;
        }

        capability = default;
        return false;
    }

    /// <summary>Adds the migration capability.</summary>
    /// <remarks>Kernel: <c>struct vfio_iommu_type1_info_cap_migration</c>.</remarks>
    /// <param name="pageSizes">The granules of dirty tracking: bit n stands for 2^n bytes.</param>
    /// <param name="bitmapSizeMax">The largest bitmap in bytes.</param>
    public void AddMigration(ulong pageSizes, ulong bitmapSizeMax)
    {
        Span<byte> body = Add(MigrationId, MigrationSize);
        BinaryPrimitives.WriteUInt64LittleEndian(body[8..], pageSizes);
        BinaryPrimitives.WriteUInt64LittleEndian(body[16..], bitmapSizeMax);
    }

    /// <summary>Adds the number of mappings that may still be made.</summary>
    /// <remarks>Kernel: <c>struct vfio_iommu_type1_info_dma_avail</c>.</remarks>
    /// <param name="available">The number.</param>
    public void AddDmaAvailable(uint available) =>
        BinaryPrimitives.WriteUInt32LittleEndian(Add(DmaAvailableId, DmaAvailableSize), available);

    /// <summary>Adds the list of usable device addresses.</summary>
    /// <remarks>Kernel: <c>struct vfio_iommu_type1_info_cap_iova_range</c>; both bounds are inclusive there too.</remarks>
    /// <param name="ranges">The ranges in ascending order.</param>
    public void AddIovaRanges(ReadOnlySpan<IovaRange> ranges)
    {
        Span<byte> body = Add(IovaRangeId, IovaRangeHeadSize + (16 * ranges.Length));
        BinaryPrimitives.WriteUInt32LittleEndian(body, (uint)ranges.Length);
        for (int i = 0; i < ranges.Length; i++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(body[(8 + (16 * i))..], ranges[i].First.Value);
            BinaryPrimitives.WriteUInt64LittleEndian(body[(16 + (16 * i))..], ranges[i].Last.Value);
        }
    }

    /// <summary>Completes the answer of IOMMU_GET_INFO.</summary>
    /// <remarks>
    /// Where the caller's argsz is too small for the chain, the answer is a success that states the size needed and no offset.
    /// </remarks>
    /// <param name="info">What is known so far, with the caller's argsz.</param>
    /// <param name="structure">The caller's structure; receives the answer.</param>
    /// <returns>0, or EFAULT if the caller's memory is shorter than its argsz says.</returns>
    public Errno Complete(VfioIommuInfo info, Span<byte> structure)
    {
        int stated = (int)Math.Min(info.ArgumentSize, (uint)(VfioIommuInfo.Size + Size));
        if (structure.Length < stated)
        {
            return Errno.EFAULT;
        }

        info = info with { CapabilityOffset = 0 };
        if (Size > 0)
        {
            info = info with { Flags = info.Flags | VfioIommuInfoBits.Capabilities };
            if (stated < VfioIommuInfo.Size + Size)
            {
                info = info with { ArgumentSize = (uint)(VfioIommuInfo.Size + Size) };
            }
            else
            {
                CopyShifted(structure[VfioIommuInfo.Size..], VfioIommuInfo.Size);
                info = info with { CapabilityOffset = VfioIommuInfo.Size };
            }
        }

        return info.Write(structure[..stated]) ? Errno.None : Errno.EFAULT;
    }

    private Span<byte> Add(ushort id, int size)
    {
        int start = _bytes.Length;
        Array.Resize(ref _bytes, start + size);
        if (_lastHeader >= 0)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(_bytes.AsSpan(_lastHeader + NextOffset), (uint)start);
        }

        _lastHeader = start;
        BinaryPrimitives.WriteUInt16LittleEndian(_bytes.AsSpan(start), id);
        BinaryPrimitives.WriteUInt16LittleEndian(_bytes.AsSpan(start + 2), Version);
        return _bytes.AsSpan(start + HeaderSize, size - HeaderSize);
    }

    private void CopyShifted(Span<byte> destination, uint shift)
    {
        _bytes.CopyTo(destination);
        int header = 0;
        uint next;
        while ((next = BinaryPrimitives.ReadUInt32LittleEndian(_bytes.AsSpan(header + NextOffset))) != 0)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(destination[(header + NextOffset)..], next + shift);
            header = (int)next;
        }
    }
}
