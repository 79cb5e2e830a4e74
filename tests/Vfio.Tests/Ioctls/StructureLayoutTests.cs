using System.Buffers.Binary;

namespace Iopf.Vfio.Tests.Ioctls;

public sealed class StructureLayoutTests
{
    [Fact]
    public void Map_dma_is_argsz_0_flags_4_vaddr_8_iova_16_size_24_in_32_bytes()
    {
        byte[] bytes = Bytes(32, (0, 4, 0x11), (4, 4, 3), (8, 8, 0x2200000000000022), (16, 8, 0x3300000000000033), (24, 8, 0x4000000000));
        VfioMapDma expected = new(0x11, ReadWrite, 0x2200000000000022, 0x3300000000000033, 0x4000000000);

        Assert.True(VfioMapDma.TryRead(bytes, out VfioMapDma read));
        Assert.Equal(expected, read);
        Assert.Equal(bytes, Written(VfioMapDma.Size, expected.Write));
        Assert.False(VfioMapDma.TryRead(bytes.AsSpan(0, 31), out _));
        Assert.False(expected.Write(new byte[31]));
    }

    [Fact]
    public void Unmap_dma_is_argsz_0_flags_4_iova_8_size_16_in_24_bytes_before_its_bitmap()
    {
        byte[] bytes = Bytes(24, (0, 4, 48), (4, 4, 5), (8, 8, 0x1000), (16, 8, 0xfff0000000000000));
        VfioUnmapDma expected = new(48, VfioUnmapDmaBits.GetDirtyBitmap | VfioUnmapDmaBits.Vaddr, 0x1000, 0xfff0000000000000);

        Assert.True(VfioUnmapDma.TryRead(bytes, out VfioUnmapDma read));
        Assert.Equal(expected, read);
        Assert.Equal(bytes, Written(VfioUnmapDma.Size, expected.Write));
        Assert.False(VfioUnmapDma.TryRead(bytes.AsSpan(0, 23), out _));
    }

    [Fact]
    public void Bitmap_is_pgsize_0_size_8_data_16_in_24_bytes()
    {
        byte[] bytes = Bytes(24, (0, 8, 4096), (8, 8, 64), (16, 8, 0x7f0000000000));
        VfioBitmap expected = new(4096, 64, 0x7f0000000000);

        Assert.True(VfioBitmap.TryRead(bytes, out VfioBitmap read));
        Assert.Equal(expected, read);
        Assert.Equal(bytes, Written(VfioBitmap.Size, expected.Write));
    }

    [Fact]
    public void Dirty_pages_is_argsz_0_flags_4_and_a_range_of_iova_0_size_8_bitmap_16()
    {
        byte[] bytes = Bytes(48, (0, 4, 48), (4, 4, 4), (8, 8, 0x10000), (16, 8, 0x20000), (24, 8, 4096), (32, 8, 8), (40, 8, 0x55));
        VfioDirtyRange expectedRange = new(0x10000, 0x20000, new VfioBitmap(4096, 8, 0x55));

        Assert.True(VfioDirtyPages.TryRead(bytes, out VfioDirtyPages read));
        Assert.True(VfioDirtyRange.TryRead(bytes.AsSpan(VfioDirtyPages.Size), out VfioDirtyRange range));
        Assert.Equal(new VfioDirtyPages(48, VfioDirtyPagesBits.GetBitmap), read);
        Assert.Equal(expectedRange, range);
        Assert.Equal(bytes.AsSpan(8).ToArray(), Written(VfioDirtyRange.Size, expectedRange.Write));
        Assert.Equal(bytes.AsSpan(0, 8).ToArray(), Written(VfioDirtyPages.Size, read.Write));
        Assert.False(VfioDirtyRange.TryRead(bytes.AsSpan(0, 39), out _));
    }

    [Fact]
    public void Group_status_is_argsz_0_flags_4_in_8_bytes()
    {
        byte[] bytes = Bytes(8, (0, 4, 8), (4, 4, 3));

        Assert.True(VfioGroupStatus.TryRead(bytes, out VfioGroupStatus read));
        Assert.Equal(new VfioGroupStatus(8, VfioGroupStatusBits.Viable | VfioGroupStatusBits.ContainerSet), read);
        Assert.Equal(bytes, Written(VfioGroupStatus.Size, read.Write));
    }

    [Fact]
    public void Iommu_info_is_argsz_0_flags_4_page_sizes_8_and_an_optional_capability_offset_16()
    {
        byte[] bytes = Bytes(24, (0, 4, 24), (4, 4, 3), (8, 8, 0x40201000), (16, 4, 24));
        VfioIommuInfo expected = new(24, VfioIommuInfoBits.PageSizes | VfioIommuInfoBits.Capabilities, 0x40201000, 24);

        Assert.True(VfioIommuInfo.TryRead(bytes, out VfioIommuInfo read));
        Assert.Equal(expected, read);
        Assert.Equal(bytes, Written(24, expected.Write));
        Assert.True(VfioIommuInfo.TryRead(bytes.AsSpan(0, 16), out VfioIommuInfo old));
        Assert.Equal(0u, old.CapabilityOffset);
        Assert.Equal(bytes.AsSpan(0, 16).ToArray(), Written(16, expected.Write));
        Assert.False(VfioIommuInfo.TryRead(bytes.AsSpan(0, 15), out _));
    }

    [Fact]
    public void Device_info_is_argsz_0_flags_4_regions_8_interrupts_12_and_an_optional_capability_offset_16()
    {
        byte[] bytes = Bytes(20, (0, 4, 20), (4, 4, 3), (8, 4, 9), (12, 4, 5), (16, 4, 0));
        VfioDeviceInfo expected = new(20, VfioDeviceInfoBits.Reset | VfioDeviceInfoBits.Pci, 9, 5, 0);

        Assert.True(VfioDeviceInfo.TryRead(bytes, out VfioDeviceInfo read));
        Assert.Equal(expected, read);
        Assert.Equal(bytes, Written(20, expected.Write));
        Assert.False(VfioDeviceInfo.TryRead(bytes.AsSpan(0, 15), out _));
    }

    private const VfioMapDmaBits ReadWrite = VfioMapDmaBits.Read | VfioMapDmaBits.Write;

    private delegate bool Writer(Span<byte> destination);

    private static byte[] Written(int size, Writer write)
    {
        byte[] bytes = new byte[size];
        Assert.True(write(bytes));
        return bytes;
    }

    private static byte[] Bytes(int size, params (int Offset, int Width, ulong Value)[] fields)
    {
        byte[] bytes = new byte[size];
        foreach ((int offset, int width, ulong value) in fields)
        {
            if (width == 8)
            {
                BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(offset), value);
            }
            else
            {
                BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(offset), (uint)value);
            }
        }

        return bytes;
    }
}
