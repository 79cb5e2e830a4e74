using Iopf.Iommu.Lpae;

namespace Iopf.Iommu.Tests.Lpae;

/// <summary>The attribute bits of a leaf, as the architecture places them.</summary>
public sealed class LpaeDescriptorTests
{
    private const ulong AccessedAndInnerShareable = 0x700;
    private const IommuProt ReadWrite = IommuProt.Read | IommuProt.Write;

    [Theory]
    [InlineData(ReadWrite, 0x840)]
    [InlineData(IommuProt.Read, 0x8c0)]
    [InlineData(ReadWrite | IommuProt.Privileged, 0x800)]
    [InlineData(ReadWrite | IommuProt.Cache, 0x844)]
    [InlineData(ReadWrite | IommuProt.Mmio, 0x848)]
    [InlineData(ReadWrite | IommuProt.Mmio | IommuProt.Cache, 0x848)]
    [InlineData(ReadWrite | IommuProt.NoExec, 0x0060_0000_0000_0840)]
    public void Stage_1_says_not_global_unprivileged_read_only_and_an_index_of_memory_attributes(IommuProt prot, ulong bits) =>
        Assert.Equal(bits | AccessedAndInnerShareable, LpaeDescriptor.Attributes(LpaeStage.Stage1, prot));

    [Theory]
    [InlineData(IommuProt.None, 0x14)]
    [InlineData(IommuProt.Read, 0x54)]
    [InlineData(IommuProt.Write, 0x94)]
    [InlineData(ReadWrite, 0xd4)]
    [InlineData(ReadWrite | IommuProt.Cache, 0xfc)]
    [InlineData(ReadWrite | IommuProt.Mmio, 0xc4)]
    [InlineData(ReadWrite | IommuProt.NoExec, 0x0060_0000_0000_00d4)]
    public void Stage_2_says_read_write_and_the_memory_type_itself(IommuProt prot, ulong bits) =>
        Assert.Equal(bits | AccessedAndInnerShareable, LpaeDescriptor.Attributes(LpaeStage.Stage2, prot));

    [Theory]
    [InlineData(0x3, 0, true)]
    [InlineData(0x3, 2, true)]
    [InlineData(0x1, 2, false)]
    [InlineData(0x3, 3, false)]
    [InlineData(0x2, 1, false)]
    public void Both_low_bits_mean_a_table_except_at_the_last_level(ulong descriptor, int level, bool isTable) =>
        Assert.Equal(isTable, LpaeDescriptor.IsTable(descriptor, level));
}
