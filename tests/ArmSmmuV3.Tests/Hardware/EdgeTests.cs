using Iopf.ArmSmmuV3.Hardware;
using Iopf.TestKit.Smmu;

namespace Iopf.ArmSmmuV3.Tests.Hardware;

/// <summary>The edges of rules that other tests state in the middle; mutation testing found them untested.</summary>
public class EdgeTests
{
    private const ulong Iova = 0x10_0000;
    private const ulong OtherPage = 0x20_0000;
    private const ulong UpperHalf = 0xffff_0000_0000_0000;

    [Fact]
    public void Fetch_that_faults_is_recorded_as_an_instruction_access()
    {
        SmmuBench bench = new();
        bench.UseStage1(stalls: false);

        bench.Dma(Iova, fetch: true);
        bench.Dma(Iova);

        Assert.Equal((true, true), (bench.PopEvent() is { IsInstruction: true, IsRead: true }, bench.OnlyEvent() is { IsInstruction: false }));
    }

    [Theory]
    [InlineData(2, true, false)]
    [InlineData(3, false, true)]
    [InlineData(0, false, false)]
    [InlineData(0, true, true)]
    public void STE_makes_every_read_data_or_instruction_as_INSTCFG_says(int instruction, bool fetch, bool counts)
    {
        SmmuBench bench = new();
        ulong contexts = bench.NewPage();
        SmmuBench.Cd(bench.NewPage(), stalls: false).Write(bench.Memory, contexts);
        bench.SetSte(SmmuBench.Stage1Ste(contexts) with { INSTCFG = instruction });

        bench.Dma(Iova, fetch: fetch);

        Assert.Equal(counts, bench.OnlyEvent().IsInstruction);
    }

    [Fact]
    public void Privileged_write_to_a_read_only_page_is_a_permission_fault_like_any_other()
    {
        SmmuBench bench = new();
        ulong root = bench.UseStage1(stalls: false);
        bench.MapStage1(root, Iova, bench.NewPage(), SmmuBench.Read | SmmuBench.ReadOnly);

        Assert.Equal(DmaOutcome.Completed, bench.Dma(Iova, privileged: true));
        Assert.Equal(DmaOutcome.Aborted, bench.Dma(Iova, write: true, privileged: true));

        EventRecord record = bench.OnlyEvent();
        Assert.Equal((SmmuEventType.F_PERMISSION, true), (record.Type, record.IsPrivileged));
    }

    [Theory]
    [InlineData(false, false, true)]
    [InlineData(true, false, false)]
    [InlineData(true, true, true)]
    public void WXN_forbids_privileged_fetches_from_what_is_writable_to_the_privileged(bool wxn, bool readOnly, bool passes)
    {
        SmmuBench bench = new();
        ulong root = bench.NewPage();
        bench.SetCd(SmmuBench.Cd(root, stalls: false) with { WXN = wxn });
        bench.MapStage1(root, Iova, bench.NewPage(), readOnly ? SmmuBench.ReadOnly : 0);

        Assert.Equal(passes ? DmaOutcome.Completed : DmaOutcome.Aborted, bench.Dma(Iova, privileged: true, fetch: true));
    }

    [Fact]
    public void Indices_that_the_SMMU_owns_can_be_written_only_while_the_queue_is_off()
    {
        SmmuBench bench = new();

        bench.Smmu.WriteRegister(SmmuRegister.CMDQ_CONS, 5);
        bench.Smmu.WriteRegister(SmmuRegister.EVENTQ_PROD, 5);
        Assert.Equal((0ul, 0ul), (bench.Smmu.ReadRegister(SmmuRegister.CMDQ_CONS), bench.Smmu.ReadRegister(SmmuRegister.EVENTQ_PROD)));

        bench.Smmu.WriteRegister(SmmuRegister.CR0, 0);
        bench.Smmu.WriteRegister(SmmuRegister.CMDQ_CONS, 5);
        bench.Smmu.WriteRegister(SmmuRegister.EVENTQ_PROD, 5);
        Assert.Equal((5ul, 5ul), (bench.Smmu.ReadRegister(SmmuRegister.CMDQ_CONS), bench.Smmu.ReadRegister(SmmuRegister.EVENTQ_PROD)));
    }

    [Theory]
    [InlineData(0, 3, 3, true)]
    [InlineData(4, 3, 0, false)]
    [InlineData(4, 2, 3, false)]
    [InlineData(4, 2, 2, true)]
    public void Format_and_default_substream_matter_only_where_there_are_substreams(int substreamBits, int format, int dss, bool isLegal)
    {
        SmmuBench bench = new();
        ulong contexts = bench.NewPage();
        ulong descriptors = bench.NewPage();
        bench.Memory.WriteWord(contexts, descriptors | 1);
        SmmuBench.Cd(bench.NewPage(), stalls: false).Write(bench.Memory, substreamBits == 0 ? contexts : descriptors);
        bench.SetSte(SmmuBench.Stage1Ste(contexts) with { S1CDMax = substreamBits, S1Fmt = format, S1DSS = dss });

        bench.Dma(Iova);

        Assert.Equal(isLegal ? SmmuEventType.F_TRANSLATION : SmmuEventType.C_BAD_STE, bench.OnlyEvent().Type);
    }

    [Fact]
    public void Substream_is_refused_where_the_STE_bypasses_whatever_its_S1CDMax()
    {
        SmmuBench bench = new();
        bench.SetSte(new StreamTableEntry { IsValid = true, Config = StreamConfig.Bypass, S1CDMax = 4 });

        Assert.Equal(DmaOutcome.Aborted, bench.Dma(Iova, substream: 1));

        Assert.Equal(SmmuEventType.C_BAD_SUBSTREAMID, bench.OnlyEvent().Type);
    }

    [Fact]
    public void Merging_ends_with_the_STE_that_allowed_it()
    {
        SmmuBench bench = new();
        ulong contexts = bench.SetCd(SmmuBench.Cd(bench.NewPage(), stalls: false));
        bench.SetSte(SmmuBench.Stage1Ste(contexts) with { MEV = true });
        bench.Dma(Iova);
        bench.Dma(Iova);
        Assert.Equal(1, bench.EventCount);

        bench.SetSte(SmmuBench.Stage1Ste(contexts) with { MEV = true, IsValid = false });
        bench.Dma(Iova);
        bench.Dma(Iova);

        Assert.Equal(3, bench.EventCount);
    }

    [Theory]
    [InlineData(39, 0, 4)]
    [InlineData(33, 1, 1)]
    [InlineData(30, 0, 13)]
    public void Stage_2_takes_start_tables_of_one_to_thirteen_index_bits(int t0sz, int startLevel, int indexBits)
    {
        SmmuBench bench = new();
        ulong root = bench.Memory.AllocateContiguous(Iopf.Mm.FrameUse.Kernel, 16).Value.Address;
        root = (root + 0xffff) & ~0xfffful;
        bench.SetSte(SmmuBench.Stage2Ste(root) with { S2T0SZ = t0sz, S2SL0 = startLevel });

        bench.Dma((1ul << (64 - t0sz)) - 0x1000);

        Assert.Equal(indexBits, 64 - t0sz - 21 - (9 * startLevel));
        Assert.Equal(SmmuEventType.F_TRANSLATION, bench.OnlyEvent().Type);
    }

    [Fact]
    public void Start_table_of_fourteen_index_bits_is_illegal()
    {
        SmmuBench bench = new();
        bench.SetSte(SmmuBench.Stage2Ste(0) with { S2T0SZ = 29, S2SL0 = 0 });

        bench.Dma(Iova);

        Assert.Equal(SmmuEventType.C_BAD_STE, bench.OnlyEvent().Type);
    }

    [Fact]
    public void IPA_beyond_the_input_of_stage_2_is_a_translation_fault_of_stage_2()
    {
        SmmuBench bench = new();
        (ulong stage1, ulong stage2) = bench.UseNested(stalls1: false);
        StreamTableEntry ste = StreamTableEntry.Read(bench.Memory, bench.SteAddress(SmmuBench.Sid));
        bench.MapStage1(stage1, Iova, 1ul << 43, nestedStage2: stage2);
        bench.SetSte(ste with { S2T0SZ = 64 - 43, S2SL0 = 2 });

        Assert.Equal(DmaOutcome.Aborted, bench.Dma(Iova));

        EventRecord record = bench.OnlyEvent();
        Assert.Equal((SmmuEventType.F_TRANSLATION, true, FaultClass.InputAddress), (record.Type, record.IsStage2, record.Class));
        Assert.Equal(1ul << 43, record.Ipa);
    }

    [Fact]
    public void Transaction_that_waits_outside_gets_in_when_STALL_TERM_frees_the_slots()
    {
        SmmuBench bench = new(options => options.StallMax = 1);
        bench.UseStage1();
        bench.UseStage1(streamId: 0x43);
        bench.Dma(Iova);
        bench.Dma(Iova, streamId: 0x43);
        bench.PopEvent();
        Assert.Equal(0, bench.EventCount);

        bench.Send(SmmuCommand.StallTerm(SmmuBench.Sid));

        Assert.Equal(0x43u, bench.OnlyEvent().StreamId);
    }

    [Fact]
    public void Address_invalidation_of_one_ASID_spares_the_same_address_of_another_while_something_is_global()
    {
        const ulong NotGlobal = 1 << 11;
        SmmuBench bench = new();
        ulong mine = bench.UseStage1(asid: 7, stalls: false);
        ulong other = bench.UseStage1(streamId: 0x43, asid: 8, stalls: false);
        bench.MapStage1(mine, Iova, bench.NewPage());
        bench.MapStage1(other, Iova, bench.NewPage());
        bench.MapStage1(mine, OtherPage, bench.NewPage());
        ulong global = bench.DescriptorAddress(mine, OtherPage, 12);
        bench.Memory.WriteWord(global, bench.Memory.ReadWord(global) & ~NotGlobal);
        bench.Dma(Iova);
        bench.Dma(Iova, streamId: 0x43);
        bench.Dma(OtherPage);
        bench.Memory.WriteWord(bench.DescriptorAddress(mine, Iova, 12), 0);
        bench.Memory.WriteWord(bench.DescriptorAddress(other, Iova, 12), 0);

        bench.Send(SmmuCommand.TlbiNhVa(7, Iova));

        Assert.Equal((DmaOutcome.Aborted, DmaOutcome.Completed), (bench.Dma(Iova), bench.Dma(Iova, streamId: 0x43)));
    }

    [Fact]
    public void Upper_addresses_must_have_every_bit_above_the_input_set_and_need_tables_of_their_own()
    {
        SmmuBench bench = new();
        ulong root = bench.NewPage();
        ContextDescriptor cd = SmmuBench.Cd(root, stalls: false) with { EPD1 = false, T1SZ = 16, TG1 = 2, TTB1 = root, TBI0 = true };
        ulong contexts = bench.SetCd(cd);
        bench.MapStage1(root, Iova, bench.NewPage());

        Assert.Equal(DmaOutcome.Completed, bench.Dma(UpperHalf | Iova));
        Assert.Equal(DmaOutcome.Aborted, bench.Dma(0xfff0_0000_0000_0000 | Iova));
        Assert.Equal(DmaOutcome.Aborted, bench.Dma(0x12ff_0000_0000_0000 | Iova));

        (cd with { EPD1 = true }).Write(bench.Memory, contexts);
        bench.Send(SmmuCommand.CfgiCd(SmmuBench.Sid, 0), SmmuCommand.TlbiNhAll());
        Assert.Equal(DmaOutcome.Aborted, bench.Dma(UpperHalf | Iova));
    }

    [Fact]
    public void Bypass_ends_at_the_output_width_also_where_inputs_may_be_wider()
    {
        SmmuBench bench = new(options => options.OutputAddressBits = 40);
        bench.SetSte(new StreamTableEntry { IsValid = true, Config = StreamConfig.Bypass });

        Assert.Equal((DmaOutcome.Completed, DmaOutcome.Aborted), (bench.Dma((1ul << 40) - 1), bench.Dma(1ul << 40)));
        Assert.Equal(SmmuEventType.F_ADDR_SIZE, bench.OnlyEvent().Type);
    }

    [Fact]
    public void Bits_below_the_size_of_a_stream_table_are_no_part_of_its_address()
    {
        SmmuBench bench = new();
        ulong root = bench.UseStage1(stalls: false);
        bench.MapStage1(root, Iova, bench.NewPage());
        ulong table = bench.Memory.AllocateContiguous(Iopf.Mm.FrameUse.Kernel, 4).Value.Address;
        table = (table + 0x1fff) & ~0x1ffful;
        StreamTableEntry.Read(bench.Memory, bench.SteAddress(SmmuBench.Sid)).Write(bench.Memory, table + (SmmuBench.Sid * 64));
        bench.Smmu.WriteRegister(SmmuRegister.CR0, 0xc);
        bench.Smmu.WriteRegister(SmmuRegister.STRTAB_BASE, table | 0x1000);
        bench.Smmu.WriteRegister(SmmuRegister.STRTAB_BASE_CFG, 7);
        bench.Smmu.WriteRegister(SmmuRegister.CR0, 0xd);
        bench.Send(SmmuCommand.CfgiAll());

        Assert.Equal(DmaOutcome.Completed, bench.Dma(Iova));
    }
}
