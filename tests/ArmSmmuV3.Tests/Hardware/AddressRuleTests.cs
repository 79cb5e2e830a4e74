using Iopf.ArmSmmuV3.Hardware;
using Iopf.TestKit.Smmu;

namespace Iopf.ArmSmmuV3.Tests.Hardware;

/// <summary>Which addresses and accesses pass: Arm IHI 0070, sections 3.4 and 5.4.</summary>
public class AddressRuleTests
{
    private const ulong Iova = 0x10_0000;
    private const ulong ExecuteNever = 1ul << 54;
    private const ulong PrivilegedExecuteNever = 1ul << 53;

    [Fact]
    public void Disabled_SMMU_aborts_what_is_wider_than_the_output_and_says_nothing()
    {
        SmmuBench bench = new(options => options.OutputAddressBits = 40);
        bench.Smmu.WriteRegister(SmmuRegister.CR0, 0xc);

        Assert.Equal(DmaOutcome.Completed, bench.Dma((1ul << 40) - 1));
        Assert.Equal(DmaOutcome.Aborted, bench.Dma(1ul << 40));
        Assert.Equal(0, bench.EventCount);
    }

    [Fact]
    public void Address_wider_than_an_IPA_is_an_address_size_fault_of_stage_1_that_never_stalls()
    {
        SmmuBench bench = new(options => options.InputAddressBits = 40);
        bench.SetSte(SmmuBench.Stage2Ste(bench.NewPage(), stalls: true) with { S2T0SZ = 25, S2SL0 = 1 });

        Assert.Equal(DmaOutcome.Aborted, bench.Dma(1ul << 40));
        EventRecord beyondIpa = bench.OnlyEvent();
        Assert.Equal(DmaOutcome.Stalled, bench.Dma(1ul << 39));
        EventRecord beyondTables = bench.OnlyEvent();

        Assert.Equal((SmmuEventType.F_ADDR_SIZE, false, false), (beyondIpa.Type, beyondIpa.IsStage2, beyondIpa.IsStall));
        Assert.Equal((SmmuEventType.F_TRANSLATION, true, true), (beyondTables.Type, beyondTables.IsStage2, beyondTables.IsStall));
    }

    [Theory]
    [InlineData(0x0000_0000_0010_0000ul, false, true)]
    [InlineData(0xa500_0000_0010_0000ul, false, false)]
    [InlineData(0xa500_0000_0010_0000ul, true, true)]
    [InlineData(0xa580_0000_0010_0000ul, true, false)]
    [InlineData(0xa501_0000_0010_0000ul, true, false)]
    public void Top_byte_is_ignored_only_if_TBI0_says_so_and_only_the_top_byte(ulong address, bool ignores, bool passes)
    {
        SmmuBench bench = new();
        ulong root = bench.NewPage();
        ulong page = bench.NewPage();
        bench.SetCd(SmmuBench.Cd(root, stalls: false) with { TBI0 = ignores });
        bench.MapStage1(root, Iova, page);

        Assert.Equal(passes ? DmaOutcome.Completed : DmaOutcome.Aborted, bench.Dma(address));
        Assert.Equal(passes ? page : 0, bench.PhysicalAddress);
        if (!passes)
        {
            Assert.Equal(address, bench.OnlyEvent().InputAddress);
        }
    }

    [Fact]
    public void Top_byte_of_upper_addresses_is_ignored_as_TBI1_says()
    {
        SmmuBench bench = new();
        ulong root = bench.NewPage();
        bench.SetCd(SmmuBench.Cd(root, stalls: false) with { EPD0 = true, EPD1 = false, T1SZ = 16, TG1 = 2, TTB1 = root, TBI1 = true });
        bench.MapStage1(root, Iova, bench.NewPage());

        Assert.Equal(DmaOutcome.Completed, bench.Dma(0xffff_0000_0000_0000 | Iova));
        Assert.Equal(DmaOutcome.Completed, bench.Dma(0x12ff_0000_0000_0000 | Iova));
        Assert.Equal(DmaOutcome.Aborted, bench.Dma(0x127f_0000_0000_0000 | Iova));
    }

    [Fact]
    public void Tagged_addresses_share_a_translation_and_its_invalidation()
    {
        SmmuBench bench = new();
        ulong root = bench.NewPage();
        bench.SetCd(SmmuBench.Cd(root, stalls: false) with { TBI0 = true });
        bench.MapStage1(root, Iova, bench.NewPage());
        bench.Dma(Iova);

        Assert.Equal(DmaOutcome.Completed, bench.Dma(Iova | (0x7ful << 56)));
        Assert.Equal(1, bench.Smmu.TlbHits);
        bench.Memory.WriteWord(bench.DescriptorAddress(root, Iova, 12), 0);
        bench.Send(SmmuCommand.TlbiNhVa(7, Iova));

        Assert.Equal(DmaOutcome.Aborted, bench.Dma(Iova | (0x7ful << 56)));
    }

    [Theory]
    [InlineData(SmmuRegister.STRTAB_BASE)]
    [InlineData(SmmuRegister.STRTAB_BASE_CFG)]
    [InlineData(SmmuRegister.CMDQ_BASE)]
    [InlineData(SmmuRegister.EVENTQ_BASE)]
    public void Place_of_a_structure_in_use_cannot_be_changed(SmmuRegister register)
    {
        SmmuBench bench = new();
        ulong before = bench.Smmu.ReadRegister(register);

        bench.Smmu.WriteRegister(register, 0);
        Assert.Equal(before, bench.Smmu.ReadRegister(register));
        bench.Smmu.WriteRegister(SmmuRegister.CR0, 0);
        bench.Smmu.WriteRegister(register, 0);

        Assert.Equal(0ul, bench.Smmu.ReadRegister(register));
    }

    [Theory]
    [InlineData(7)]
    [InlineData(0)]
    [InlineData(9)]
    public void Reserved_split_of_the_stream_table_means_six(int split)
    {
        SmmuBench bench = new();
        ulong level1 = bench.Smmu.ReadRegister(SmmuRegister.STRTAB_BASE);
        ulong level2 = bench.NewPage();
        bench.Smmu.WriteRegister(SmmuRegister.CR0, 0xc);
        bench.Smmu.WriteRegister(SmmuRegister.STRTAB_BASE_CFG, (1u << 16) | ((uint)split << 6) | 11);
        bench.Smmu.WriteRegister(SmmuRegister.CR0, 0xd);
        bench.Memory.WriteWord(level1 + 8, level2 | 7);
        new StreamTableEntry { IsValid = true, Config = StreamConfig.Bypass }.Write(bench.Memory, level2 + (2 * 64));

        Assert.Equal(DmaOutcome.Completed, bench.Dma(Iova, streamId: 64 + 2));
    }

    [Theory]
    [InlineData(false, true, true)]
    [InlineData(true, false, true)]
    [InlineData(true, true, false)]
    public void WXN_forbids_fetches_from_what_is_writable(bool wxn, bool writable, bool passes)
    {
        SmmuBench bench = new();
        ulong root = bench.NewPage();
        bench.SetCd(SmmuBench.Cd(root, stalls: false) with { WXN = wxn });
        bench.MapStage1(root, Iova, bench.NewPage(), SmmuBench.Read | (writable ? 0 : SmmuBench.ReadOnly));

        Assert.Equal(passes ? DmaOutcome.Completed : DmaOutcome.Aborted, bench.Dma(Iova, fetch: true));
    }

    [Theory]
    [InlineData(false, true, true)]
    [InlineData(true, false, true)]
    [InlineData(true, true, false)]
    public void PAN_keeps_privileged_data_accesses_out_of_unprivileged_pages(bool pan, bool unprivileged, bool passes)
    {
        SmmuBench bench = new();
        ulong root = bench.NewPage();
        bench.SetCd(SmmuBench.Cd(root, stalls: false) with { PAN = pan });
        bench.MapStage1(root, Iova, bench.NewPage(), unprivileged ? SmmuBench.Read : 0);

        Assert.Equal(passes ? DmaOutcome.Completed : DmaOutcome.Aborted, bench.Dma(Iova, privileged: true));
        Assert.Equal(passes ? DmaOutcome.Completed : DmaOutcome.Aborted, bench.Dma(Iova, privileged: true, write: true));
        Assert.Equal(unprivileged ? DmaOutcome.Completed : DmaOutcome.Aborted, bench.Dma(Iova));
    }

    [Theory]
    [InlineData(0x00ul, false, false, true)]
    [InlineData(0x40ul, true, false, true)]
    [InlineData(0x80ul, false, true, true)]
    [InlineData(0x40ul | ExecuteNever, true, false, false)]
    public void Stage_2_grants_read_write_and_execute_each_on_its_own(ulong rights, bool reads, bool writes, bool fetches)
    {
        SmmuBench bench = new();
        ulong root = bench.UseStage2();
        bench.Map(root, Iova, bench.NewPage() | 0x43d | rights, 12, 0);

        Assert.Equal(reads, bench.Dma(Iova) == DmaOutcome.Completed);
        Assert.Equal(writes, bench.Dma(Iova, write: true) == DmaOutcome.Completed);
        Assert.Equal(fetches, bench.Dma(Iova, fetch: true) == DmaOutcome.Completed);
    }

    [Fact]
    public void Stage_1_cannot_express_write_only()
    {
        SmmuBench bench = new();
        ulong root = bench.UseStage1(stalls: false);
        bench.MapStage1(root, Iova, bench.NewPage(), SmmuBench.Read | ExecuteNever | PrivilegedExecuteNever);

        Assert.Equal(DmaOutcome.Completed, bench.Dma(Iova, write: true));
        Assert.Equal(DmaOutcome.Completed, bench.Dma(Iova));
    }
}
