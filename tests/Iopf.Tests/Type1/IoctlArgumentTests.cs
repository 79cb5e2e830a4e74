using System.Buffers.Binary;
using Iopf.Kernel;
using Iopf.Vfio;

namespace Iopf.Tests.Type1;

/// <summary>What the type1 ioctls make of argsz and flags, and what they write back: baseline.md 4.3 to 4.10.</summary>
public sealed class IoctlArgumentTests
{
    private const uint Gigantic = uint.MaxValue;
    private const ulong Iova = 0x10_0000;
    private const ulong Length = 0x4000;

    public static TheoryData<uint> EveryFlagCombinationAndUnknownOnes()
    {
        TheoryData<uint> flags = [8 | 4, 8 | 7, 16, 1u << 31, uint.MaxValue];
        for (uint combination = 0; combination <= 8; combination++)
        {
            flags.Add(combination);
        }

        return flags;
    }

    [Theory]
    [MemberData(nameof(EveryFlagCombinationAndUnknownOnes))]
    public void Map_takes_reading_or_writing_or_both_and_a_new_vaddr_only_alone(uint flags)
    {
        using Type1Bench bench = new();
        Errno expected = flags switch
        {
            1 or 2 or 3 => Errno.None,
            4 => Errno.ENOENT,
            _ => Errno.EINVAL,
        };

        Assert.Equal(expected, bench.Map(Iova, 4, flags: (VfioMapDmaBits)flags));
        Assert.Equal(expected == Errno.None ? 1 : 0, bench.State.Mappings.Count);
    }

    [Theory]
    [InlineData(0u, Errno.EINVAL)]
    [InlineData(31u, Errno.EINVAL)]
    [InlineData(32u, Errno.None)]
    [InlineData(33u, Errno.None)]
    [InlineData(4096u, Errno.None)]
    [InlineData(Gigantic, Errno.None)]
    public void Map_needs_an_argsz_of_32_and_ignores_what_is_beyond(uint argumentSize, Errno expected)
    {
        using Type1Bench bench = new();
        byte[] structure = MapOf(argumentSize);
        byte[] before = [.. structure];

        Assert.Equal(expected, Call(bench, VfioIoctl.IommuMapDma, structure));
        Assert.Equal(before, structure);
    }

    [Theory]
    [InlineData(VfioIoctl.IommuMapDma, 31)]
    [InlineData(VfioIoctl.IommuMapDma, 0)]
    [InlineData(VfioIoctl.IommuUnmapDma, 23)]
    [InlineData(VfioIoctl.IommuDirtyPages, 7)]
    [InlineData(VfioIoctl.IommuGetInfo, 15)]
    public void Memory_that_ends_inside_the_structure_is_EFAULT(uint number, int length)
    {
        using Type1Bench bench = new();

        Assert.Equal(Errno.EFAULT, Call(bench, number, new byte[length]));
    }

    [Theory]
    [MemberData(nameof(EveryFlagCombinationAndUnknownOnes))]
    public void Unmap_of_a_range_takes_a_bitmap_or_a_hand_over_but_not_both_and_nothing_else(uint flags)
    {
        using Type1Bench bench = TrackingBench();
        byte[] structure = UnmapOf(Iova, Length, flags);
        byte[] before = [.. structure];
        Errno expected = flags is 0 or 1 or 4 ? Errno.None : Errno.EINVAL;

        Assert.Equal(expected, Call(bench, VfioIoctl.IommuUnmapDma, structure, new byte[8]));

        Assert.Equal(before, structure);
        Assert.Equal(flags is 0 or 1 ? 0 : 1, bench.State.Mappings.Count);
        Assert.Equal(flags == 4 ? 1 : 0, bench.State.VaddrInvalidCount);
    }

    [Theory]
    [MemberData(nameof(EveryFlagCombinationAndUnknownOnes))]
    public void Unmap_without_a_range_is_for_all_or_for_the_hand_over_of_all(uint flags)
    {
        using Type1Bench bench = TrackingBench();
        byte[] structure = UnmapOf(0, 0, flags);
        Errno expected = flags is 2 or 6 ? Errno.None : Errno.EINVAL;

        Assert.Equal(expected, Call(bench, VfioIoctl.IommuUnmapDma, structure, new byte[8]));

        Assert.Equal(expected == Errno.None ? Length : 0, SizeIn(structure));
        Assert.Equal(flags == 2 ? 0 : 1, bench.State.Mappings.Count);
        Assert.Equal(flags == 6 ? 1 : 0, bench.State.VaddrInvalidCount);
    }

    [Theory]
    [InlineData(0u, 0u, Errno.EINVAL)]
    [InlineData(23u, 0u, Errno.EINVAL)]
    [InlineData(24u, 0u, Errno.None)]
    [InlineData(25u, 0u, Errno.None)]
    [InlineData(Gigantic, 0u, Errno.None)]
    [InlineData(24u, 1u, Errno.EINVAL)]
    [InlineData(47u, 1u, Errno.EINVAL)]
    [InlineData(48u, 1u, Errno.None)]
    [InlineData(49u, 1u, Errno.None)]
    [InlineData(Gigantic, 1u, Errno.None)]
    public void Unmap_needs_an_argsz_of_24_and_of_48_with_a_bitmap(uint argumentSize, uint flags, Errno expected)
    {
        using Type1Bench bench = TrackingBench();
        byte[] structure = UnmapOf(Iova, Length, flags, argumentSize);

        Assert.Equal(expected, Call(bench, VfioIoctl.IommuUnmapDma, structure, new byte[8]));
        Assert.Equal(expected == Errno.None ? 0 : 1, bench.State.Mappings.Count);
    }

    [Fact]
    public void Unmap_whose_bitmap_descriptor_is_not_there_is_EFAULT_and_unmaps_nothing()
    {
        using Type1Bench bench = TrackingBench();

        Assert.Equal(Errno.EFAULT, Call(bench, VfioIoctl.IommuUnmapDma, UnmapOf(Iova, Length, 1)[..47], new byte[8]));
        Assert.Equal(1, bench.State.Mappings.Count);
    }

    [Theory]
    [InlineData(Length, 0x1000ul, 8ul, true, Errno.None)]
    [InlineData(Length, 0x1000ul, 1ul << 28, true, Errno.None)]
    [InlineData(Length, 0x1000ul, (1ul << 28) + 1, true, Errno.EINVAL)]
    [InlineData(Length, 0x1000ul, 7ul, true, Errno.EINVAL)]
    [InlineData(Length, 0x1000ul, 0ul, true, Errno.EINVAL)]
    [InlineData(65 * 0x1000ul, 0x1000ul, 8ul, true, Errno.EINVAL)]
    [InlineData(65 * 0x1000ul, 0x1000ul, 16ul, true, Errno.None)]
    [InlineData(Length, 0ul, 8ul, true, Errno.EINVAL)]
    [InlineData(Length, 0x800ul, 8ul, true, Errno.EINVAL)]
    [InlineData(Length, 0x2000ul, 8ul, true, Errno.EINVAL)]
    [InlineData(Length, 0x8000ul, 8ul, true, Errno.EINVAL)]
    [InlineData(Length, 0x1000ul, 8ul, false, Errno.EINVAL)]
    public void Unmap_with_a_bitmap_needs_the_granule_and_room_for_every_page_and_a_log(
        ulong length, ulong pageSize, ulong bytes, bool isTracking, Errno expected)
    {
        using Type1Bench bench = new();
        bench.Mmap(64, 64);
        bench.MapBytes(Iova, length);
        if (isTracking)
        {
            bench.Dirty(VfioDirtyPagesBits.Start);
        }

        byte[] structure = UnmapOf(Iova, length, 1, bitmap: new VfioBitmap(pageSize, bytes, 0));

        Assert.Equal(expected, Call(bench, VfioIoctl.IommuUnmapDma, structure, new byte[16]));
        Assert.Equal(expected == Errno.None ? 0 : 1, bench.State.Mappings.Count);
    }

    [Theory]
    [InlineData(0x10_0800ul, 0x1000ul)]
    [InlineData(0x10_0000ul, 0x800ul)]
    [InlineData(0x10_0000ul, 0x1800ul)]
    [InlineData(0x10_0000ul, 0ul)]
    [InlineData(0xffff_ffff_ffff_f000ul, 0x2000ul)]
    [InlineData(0x2000ul, 0xffff_ffff_ffff_f000ul)]
    public void Unmap_of_a_range_that_is_unaligned_empty_or_wraps_is_EINVAL(ulong iova, ulong length)
    {
        using Type1Bench bench = TrackingBench();

        Assert.Equal("EINVAL", bench.Unmap(iova, length));
        Assert.Equal(1, bench.State.Mappings.Count);
    }

    [Fact]
    public void Unmap_of_the_very_last_pages_of_the_space_does_not_wrap()
    {
        using Type1Bench bench = new(group: "mdev0");
        Assert.Equal(Errno.None, bench.Map(0xffff_ffff_ffff_e000, 2));

        Assert.Equal("0 0x2000", bench.Unmap(0xffff_ffff_ffff_e000, 0x2000));
    }

    [Fact]
    public void Unmap_that_fails_leaves_the_size_in_the_structure_as_it_was()
    {
        using Type1Bench bench = TrackingBench();
        byte[] structure = UnmapOf(Iova, 0x2000, 0);

        Assert.Equal(Errno.EINVAL, Call(bench, VfioIoctl.IommuUnmapDma, structure));
        Assert.Equal(0x2000ul, SizeIn(structure));
    }

    [Fact]
    public void Unmap_writes_the_size_back_and_nothing_else()
    {
        using Type1Bench bench = TrackingBench();
        byte[] structure = UnmapOf(Iova - 0x1000, Length + 0x8000, 1);
        byte[] expected = [.. structure];
        BinaryPrimitives.WriteUInt64LittleEndian(expected.AsSpan(16), Length);

        Assert.Equal(Errno.None, Call(bench, VfioIoctl.IommuUnmapDma, structure, new byte[8]));
        Assert.Equal(expected, structure);
    }

    [Theory]
    [MemberData(nameof(EveryFlagCombinationAndUnknownOnes))]
    public void Dirty_pages_takes_exactly_one_flag(uint flags)
    {
        using Type1Bench bench = TrackingBench();
        byte[] structure = DirtyOf(flags);
        byte[] before = [.. structure];

        Assert.Equal(flags is 1 or 2 or 4 ? Errno.None : Errno.EINVAL, Call(bench, VfioIoctl.IommuDirtyPages, structure, new byte[8]));
        Assert.Equal(before, structure);
        Assert.Equal(flags != 2, bench.State.IsTrackingDirtyPages);
    }

    [Theory]
    [InlineData(0u, 1u, Errno.EINVAL)]
    [InlineData(7u, 1u, Errno.EINVAL)]
    [InlineData(8u, 1u, Errno.None)]
    [InlineData(8u, 2u, Errno.None)]
    [InlineData(Gigantic, 2u, Errno.None)]
    [InlineData(8u, 4u, Errno.EINVAL)]
    [InlineData(47u, 4u, Errno.EINVAL)]
    [InlineData(48u, 4u, Errno.None)]
    [InlineData(49u, 4u, Errno.None)]
    [InlineData(Gigantic, 4u, Errno.None)]
    public void Dirty_pages_needs_an_argsz_of_8_and_of_48_to_read_the_log(uint argumentSize, uint flags, Errno expected)
    {
        using Type1Bench bench = TrackingBench();

        Assert.Equal(expected, Call(bench, VfioIoctl.IommuDirtyPages, DirtyOf(flags, argumentSize), new byte[8]));
    }

    [Fact]
    public void Dirty_pages_whose_range_is_not_there_is_EFAULT()
    {
        using Type1Bench bench = TrackingBench();

        Assert.Equal(Errno.EFAULT, Call(bench, VfioIoctl.IommuDirtyPages, DirtyOf(4)[..47], new byte[8]));
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(15u)]
    public void Info_needs_an_argsz_of_16_and_writes_nothing_without_it(uint argumentSize)
    {
        using Type1Bench bench = new();
        byte[] structure = InfoOf(argumentSize, 256);
        byte[] before = [.. structure];

        Assert.Equal(Errno.EINVAL, Call(bench, VfioIoctl.IommuGetInfo, structure));
        Assert.Equal(before, structure);
    }

    [Theory]
    [InlineData(16u, 16)]
    [InlineData(19u, 16)]
    [InlineData(20u, 20)]
    [InlineData(24u, 20)]
    [InlineData(115u, 20)]
    [InlineData(116u, 116)]
    [InlineData(117u, 116)]
    [InlineData(4096u, 116)]
    public void Info_writes_as_much_as_argsz_has_room_for_and_states_what_it_needs(uint argumentSize, int written)
    {
        using Type1Bench bench = new();
        byte[] structure = InfoOf(argumentSize, 4096);

        Assert.Equal(Errno.None, Call(bench, VfioIoctl.IommuGetInfo, structure));

        Assert.True(VfioIommuInfo.TryRead(structure, out VfioIommuInfo info));
        Assert.Equal(VfioIommuInfoBits.PageSizes | VfioIommuInfoBits.Capabilities, info.Flags);
        Assert.Equal(bench.State.PageSizes, info.PageSizes);
        Assert.Equal(argumentSize < 116 ? 116 : argumentSize, info.ArgumentSize);
        Assert.Equal(-1, structure.AsSpan(written).IndexOfAnyExcept((byte)0xaa));
        if (written >= 20)
        {
            Assert.Equal(written == 20 ? 0u : 24u, info.CapabilityOffset);
        }
    }

    [Fact]
    public void Info_chains_migration_then_what_is_available_then_the_ranges_of_an_SMMUv3()
    {
        using Type1Bench bench = new();
        bench.Map(Iova, 4);
        byte[] structure = InfoOf(256, 256);

        Assert.Equal(Errno.None, Call(bench, VfioIoctl.IommuGetInfo, structure));

        Assert.Equal([(2, 24u), (3, 56u), (1, 68u)], ChainIn(structure));
        Assert.Equal(0x1000ul, BinaryPrimitives.ReadUInt64LittleEndian(structure.AsSpan(24 + 16)));
        Assert.Equal(1ul << 28, BinaryPrimitives.ReadUInt64LittleEndian(structure.AsSpan(24 + 24)));
        Assert.Equal(65_534u, BinaryPrimitives.ReadUInt32LittleEndian(structure.AsSpan(56 + 8)));
        ulong[] ranges = [.. Enumerable.Range(0, 4).Select(i => BinaryPrimitives.ReadUInt64LittleEndian(structure.AsSpan(68 + 16 + (8 * i))))];
        Assert.Equal([0, 0x7ff_ffff, 0x810_0000, 0xffff_ffff_ffff], ranges);
    }

    [Fact]
    public void Info_of_a_container_of_mediated_devices_has_no_ranges()
    {
        using Type1Bench bench = new(group: "mdev0");
        byte[] structure = InfoOf(256, 256);

        Assert.Equal(Errno.None, Call(bench, VfioIoctl.IommuGetInfo, structure));

        Assert.Equal([(2, 24u), (3, 56u)], ChainIn(structure));
    }

    [Theory]
    [InlineData(VfioIoctl.IommuEnable)]
    [InlineData(VfioIoctl.IommuDisable)]
    [InlineData(VfioIoctl.IommuEnableIopf)]
    [InlineData(VfioIoctl.GroupGetStatus)]
    [InlineData(VfioIoctl.DeviceGetInfo)]
    [InlineData(0u)]
    [InlineData(uint.MaxValue)]
    public void Any_other_number_is_ENOTTY(uint number)
    {
        using Type1Bench bench = new();

        Assert.Equal(Errno.ENOTTY, Call(bench, number, new byte[64]));
    }

    private static Type1Bench TrackingBench()
    {
        Type1Bench bench = new();
        Assert.Equal(Errno.None, bench.Map(Iova, 4));
        Assert.Equal(Errno.None, bench.Dirty(VfioDirtyPagesBits.Start));
        return bench;
    }

    private static Errno Call(Type1Bench bench, uint number, byte[] structure, byte[]? payload = null) =>
        bench.Iommu.Ioctl(bench.Vmm, number, new UserArgument(structure, payload ?? [])).Error;

    private static byte[] MapOf(uint argumentSize)
    {
        byte[] structure = new byte[VfioMapDma.Size];
        new VfioMapDma(argumentSize, VfioMapDmaBits.Read, Type1Bench.Vaddr, Iova, Length).Write(structure);
        return structure;
    }

    private static byte[] UnmapOf(ulong iova, ulong length, uint flags, uint argumentSize = 48, VfioBitmap? bitmap = null)
    {
        byte[] structure = new byte[VfioUnmapDma.Size + VfioBitmap.Size];
        new VfioUnmapDma(argumentSize, (VfioUnmapDmaBits)flags, iova, length).Write(structure);
        (bitmap ?? new VfioBitmap(Page.Size, 8, 0)).Write(structure.AsSpan(VfioUnmapDma.Size));
        return structure;
    }

    private static byte[] DirtyOf(uint flags, uint argumentSize = 48)
    {
        byte[] structure = new byte[VfioDirtyPages.Size + VfioDirtyRange.Size];
        new VfioDirtyPages(argumentSize, (VfioDirtyPagesBits)flags).Write(structure);
        new VfioDirtyRange(Iova, Length, new VfioBitmap(Page.Size, 8, 0)).Write(structure.AsSpan(VfioDirtyPages.Size));
        return structure;
    }

    /// <summary>Memory full of 0xaa behind argsz.</summary>
    private static byte[] InfoOf(uint argumentSize, int length)
    {
        byte[] structure = new byte[length];
        structure.AsSpan().Fill(0xaa);
        BinaryPrimitives.WriteUInt32LittleEndian(structure, argumentSize);
        return structure;
    }

    private static List<(int Id, uint Offset)> ChainIn(byte[] structure)
    {
        List<(int, uint)> chain = [];
        uint offset = BinaryPrimitives.ReadUInt32LittleEndian(structure.AsSpan(16));
        while (offset != 0)
        {
            ReadOnlySpan<byte> header = structure.AsSpan((int)offset);
            chain.Add((BinaryPrimitives.ReadUInt16LittleEndian(header), offset));
            offset = BinaryPrimitives.ReadUInt32LittleEndian(header[4..]);
        }

        return chain;
    }

    private static ulong SizeIn(byte[] structure) => BinaryPrimitives.ReadUInt64LittleEndian(structure.AsSpan(16));
}
