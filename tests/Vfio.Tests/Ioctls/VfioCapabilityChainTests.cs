using System.Buffers.Binary;
using Iopf.Kernel;

namespace Iopf.Vfio.Tests.Ioctls;

public sealed class VfioCapabilityChainTests
{
    private const int AllSize = VfioIommuInfo.Size + 32 + 12 + 16 + 32;

    private readonly VfioCapabilityChain _chain = new();

    public VfioCapabilityChainTests()
    {
        _chain.AddMigration(4096, 1UL << 28);
        _chain.AddDmaAvailable(65535);
        _chain.AddIovaRanges(
        [
            new IovaRange(new Iova(0), new Iova(0x7FFFFFF)),
            new IovaRange(new Iova(0x8100000), new Iova(0xFFFFFFFFFFFF)),
        ]);
    }

    [Fact]
    public void Capabilities_follow_the_structure_in_order_without_padding_and_the_last_has_no_next()
    {
        byte[] structure = Answered(AllSize, out Errno errno, out VfioIommuInfo info);

        Assert.Equal(Errno.None, errno);
        Assert.Equal(24u, info.CapabilityOffset);
        Assert.Equal((VfioCapabilityChain.MigrationId, 1, 56u), HeaderAt(structure, 24));
        Assert.Equal((VfioCapabilityChain.DmaAvailableId, 1, 68u), HeaderAt(structure, 56));
        Assert.Equal((VfioCapabilityChain.IovaRangeId, 1, 0u), HeaderAt(structure, 68));
    }

    [Fact]
    public void Capability_bodies_have_the_fields_of_the_interface()
    {
        byte[] structure = Answered(AllSize, out _, out VfioIommuInfo info);

        Assert.True(TryFind(structure, info, VfioCapabilityChain.MigrationId, out ReadOnlySpan<byte> migration));
        Assert.Equal(0u, BinaryPrimitives.ReadUInt32LittleEndian(migration[8..]));
        Assert.Equal(4096ul, BinaryPrimitives.ReadUInt64LittleEndian(migration[16..]));
        Assert.Equal(1ul << 28, BinaryPrimitives.ReadUInt64LittleEndian(migration[24..]));
        Assert.True(TryFind(structure, info, VfioCapabilityChain.DmaAvailableId, out ReadOnlySpan<byte> available));
        Assert.Equal(65535u, BinaryPrimitives.ReadUInt32LittleEndian(available[8..]));
        Assert.True(TryFind(structure, info, VfioCapabilityChain.IovaRangeId, out ReadOnlySpan<byte> ranges));
        Assert.Equal(2u, BinaryPrimitives.ReadUInt32LittleEndian(ranges[8..]));
        Assert.Equal(0x7FFFFFFul, BinaryPrimitives.ReadUInt64LittleEndian(ranges[24..]));
        Assert.Equal(0x8100000ul, BinaryPrimitives.ReadUInt64LittleEndian(ranges[32..]));
        Assert.Equal(0xFFFFFFFFFFFFul, BinaryPrimitives.ReadUInt64LittleEndian(ranges[40..]));
    }

    [Theory]
    [InlineData(16)]
    [InlineData(24)]
    [InlineData(AllSize - 1)]
    public void Too_small_a_structure_is_a_success_that_states_the_size_needed_and_no_offset(int argumentSize)
    {
        byte[] structure = Answered(argumentSize, out Errno errno, out VfioIommuInfo info);

        Assert.Equal(Errno.None, errno);
        Assert.Equal((uint)AllSize, info.ArgumentSize);
        Assert.Equal(0u, info.CapabilityOffset);
        Assert.True(info.Flags.HasFlag(VfioIommuInfoBits.Capabilities));
        Assert.All(structure.Skip(20), octet => Assert.Equal(0, octet));
    }

    [Fact]
    public void Memory_shorter_than_argsz_says_fails_with_EFAULT()
    {
        VfioIommuInfo info = new(AllSize, VfioIommuInfoBits.PageSizes, 4096, 0);

        Assert.Equal(Errno.EFAULT, _chain.Complete(info, new byte[AllSize - 1]));
    }

    [Fact]
    public void Empty_chain_leaves_flag_and_offset_clear()
    {
        byte[] structure = new byte[24];

        Errno errno = new VfioCapabilityChain().Complete(new VfioIommuInfo(24, VfioIommuInfoBits.PageSizes, 4096, 99), structure);

        Assert.Equal(Errno.None, errno);
        Assert.True(VfioIommuInfo.TryRead(structure, out VfioIommuInfo info));
        Assert.Equal(new VfioIommuInfo(24, VfioIommuInfoBits.PageSizes, 4096, 0), info);
    }

    [Fact]
    public void Search_ends_in_a_chain_that_loops_or_leaves_the_structure()
    {
        byte[] looping = [2, 0, 1, 0, 0, 0, 0, 0, 2, 0, 1, 0, 8, 0, 0, 0];
        byte[] leaving = [0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 1, 0, 0xff, 0xff, 0xff, 0xff];

        Assert.False(VfioCapabilityChain.TryFind(looping, 8, VfioCapabilityChain.IovaRangeId, out _));
        Assert.False(VfioCapabilityChain.TryFind(leaving, 8, VfioCapabilityChain.IovaRangeId, out _));
        Assert.False(VfioCapabilityChain.TryFind(leaving, uint.MaxValue, VfioCapabilityChain.IovaRangeId, out _));
    }

    private static bool TryFind(byte[] structure, VfioIommuInfo info, ushort id, out ReadOnlySpan<byte> capability) =>
        VfioCapabilityChain.TryFind(structure, info.CapabilityOffset, id, out capability);

    private byte[] Answered(int argumentSize, out Errno errno, out VfioIommuInfo info)
    {
        byte[] structure = new byte[argumentSize];
        errno = _chain.Complete(new VfioIommuInfo((uint)argumentSize, VfioIommuInfoBits.PageSizes, 4096, 0), structure);
        Assert.True(VfioIommuInfo.TryRead(structure, out info));
        return structure;
    }

    private static (ushort Id, int Version, uint Next) HeaderAt(byte[] structure, int offset) =>
        (BinaryPrimitives.ReadUInt16LittleEndian(structure.AsSpan(offset)),
            BinaryPrimitives.ReadUInt16LittleEndian(structure.AsSpan(offset + 2)),
            BinaryPrimitives.ReadUInt32LittleEndian(structure.AsSpan(offset + 4)));
}
