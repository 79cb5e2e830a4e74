using Iopf.ArmSmmuV3.Hardware;
using Iopf.TestKit.Smmu;

namespace Iopf.ArmSmmuV3.Tests.Hardware;

public class ConfigurationTests
{
    private const ulong Iova = 0x1000;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public void Abort_configuration_aborts_without_an_event(int config)
    {
        SmmuBench bench = new();
        bench.SetSte(new StreamTableEntry { IsValid = true, Config = (StreamConfig)config });

        Assert.Equal(DmaOutcome.Aborted, bench.Dma(Iova));
        Assert.Equal(DmaOutcome.Aborted, bench.Dma(Iova));
        Assert.Equal(0, bench.EventCount);
    }

    [Fact]
    public void Bypass_configuration_passes_addresses_through_up_to_the_output_width()
    {
        SmmuBench bench = new();
        bench.SetSte(new StreamTableEntry { IsValid = true, Config = StreamConfig.Bypass });

        Assert.Equal(DmaOutcome.Completed, bench.Dma(0xffff_ffff_f123));
        Assert.Equal(0xffff_ffff_f123ul, bench.PhysicalAddress);
        Assert.Equal(DmaOutcome.Aborted, bench.Dma(1ul << 48));
        Assert.Equal(SmmuEventType.F_ADDR_SIZE, bench.OnlyEvent().Type);
    }

    [Theory]
    [InlineData(0x1_0000u)]
    [InlineData(0x4200u)]
    public void Stream_outside_the_table_is_C_BAD_STREAMID_with_nothing_but_the_stream(uint streamId)
    {
        SmmuBench bench = new();

        Assert.Equal(DmaOutcome.Aborted, bench.Dma(Iova, streamId: streamId));

        Assert.Equal(new EventRecord(0x02 | ((ulong)streamId << 32), 0, 0, 0), bench.OnlyEvent());
    }

    [Fact]
    public void Bad_stream_is_not_recorded_unless_CR2_asks_for_it()
    {
        SmmuBench bench = new();
        bench.Smmu.WriteRegister(SmmuRegister.CR0, 0xc);
        bench.Smmu.WriteRegister(SmmuRegister.CR2, 0);
        bench.Smmu.WriteRegister(SmmuRegister.CR0, 0xd);

        Assert.Equal(DmaOutcome.Aborted, bench.Dma(Iova, streamId: 0x4200));
        Assert.Equal(0, bench.EventCount);
    }

    [Fact]
    public void Stream_beyond_the_span_of_its_level_2_table_is_C_BAD_STREAMID()
    {
        SmmuBench bench = new();
        bench.UseStage1(0xf);
        bench.UseStage1(0x10);
        ulong level1 = bench.Smmu.ReadRegister(SmmuRegister.STRTAB_BASE);
        bench.Memory.WriteWord(level1, (bench.Memory.ReadWord(level1) & ~0x1ful) | 5);
        bench.Send(SmmuCommand.CfgiAll());

        Assert.Equal(DmaOutcome.Stalled, bench.Dma(Iova, streamId: 0xf));
        Assert.Equal(DmaOutcome.Aborted, bench.Dma(Iova, streamId: 0x10));
        bench.PopEvent();
        Assert.Equal(SmmuEventType.C_BAD_STREAMID, bench.OnlyEvent().Type);
    }

    [Fact]
    public void Linear_stream_table_is_indexed_by_the_stream()
    {
        SmmuBench bench = new();
        ulong table = bench.NewPage();
        bench.Smmu.WriteRegister(SmmuRegister.CR0, 0xc);
        bench.Smmu.WriteRegister(SmmuRegister.STRTAB_BASE, table | 0x40);
        bench.Smmu.WriteRegister(SmmuRegister.STRTAB_BASE_CFG, 6);
        bench.Smmu.WriteRegister(SmmuRegister.CR0, 0xd);
        new StreamTableEntry { IsValid = true, Config = StreamConfig.Bypass }.Write(bench.Memory, table + (63 * 64));

        Assert.Equal(DmaOutcome.Completed, bench.Dma(Iova, streamId: 63));
        Assert.Equal(DmaOutcome.Aborted, bench.Dma(Iova, streamId: 64));
        Assert.Equal(SmmuEventType.C_BAD_STREAMID, bench.OnlyEvent().Type);
    }

    [Fact]
    public void Structures_beyond_the_output_width_cannot_be_fetched()
    {
        SmmuBench bench = new(options => options.OutputAddressBits = 40);
        bench.SetSte(SmmuBench.Stage1Ste(1ul << 44), 1);
        ulong level1 = bench.Smmu.ReadRegister(SmmuRegister.STRTAB_BASE);
        bench.Memory.WriteWord(level1 + 8, (1ul << 45) | 9);

        bench.Dma(Iova, streamId: 1);
        EventRecord cd = bench.OnlyEvent();
        Assert.Equal(SmmuEventType.F_CD_FETCH, cd.Type);
        Assert.Equal(1ul << 44, cd.Word3);
        bench.Dma(Iova, streamId: 0x101);
        EventRecord ste = bench.OnlyEvent();
        Assert.Equal(SmmuEventType.F_STE_FETCH, ste.Type);
        Assert.Equal((1ul << 45) + 64, ste.Word3);
    }

    public static TheoryData<string> IllegalStes =>
        ["V", "S1STALLD on forced", "STRW", "CDMax", "S2AA64", "S2ENDI", "S2HA", "S2TG", "S2T0SZ", "S2SL0", "S2TTB"];

    [Theory, MemberData(nameof(IllegalStes))]
    public void Illegal_STE_is_C_BAD_STE(string what)
    {
        bool isForced = what.EndsWith("forced", StringComparison.Ordinal);
        SmmuBench bench = new(options => options.StallModel = isForced ? StallModel.StallForced : StallModel.StallOrTerminate);
        StreamTableEntry stage1 = SmmuBench.Stage1Ste(0x10000);
        StreamTableEntry stage2 = SmmuBench.Stage2Ste(0x10000);
        bench.SetSte(what switch
        {
            "V" => stage1 with { IsValid = false },
            "S1STALLD on forced" => stage1 with { S1STALLD = true },
            "STRW" => stage1 with { STRW = 2 },
            "CDMax" => stage1 with { S1CDMax = 17 },
            "S2ENDI" => stage2 with { S2ENDI = true },
            "S2HA" => stage2 with { S2HTTU = 2 },
            "S2AA64" => stage2 with { S2AA64 = false },
            "S2TG" => stage2 with { S2TG = 1 },
            "S2T0SZ" => stage2 with { S2T0SZ = 15 },
            "S2SL0" => stage2 with { S2SL0 = 0 },
            _ => stage2 with { S2PS = 0, S2TTB = 1ul << 40 },
        });

        Assert.Equal(DmaOutcome.Aborted, bench.Dma(Iova));
        EventRecord record = bench.OnlyEvent();
        Assert.Equal(SmmuEventType.C_BAD_STE, record.Type);
        Assert.Equal(0ul, record.Word1);
    }

    [Theory]
    [InlineData("V")]
    [InlineData("AA64")]
    [InlineData("ENDI")]
    [InlineData("HA")]
    [InlineData("HD")]
    [InlineData("TG0")]
    [InlineData("T0SZ")]
    [InlineData("TTB0")]
    public void Illegal_CD_is_C_BAD_CD(string what)
    {
        SmmuBench bench = new();
        ContextDescriptor cd = SmmuBench.Cd(0x10000);
        bench.SetCd(what switch
        {
            "V" => cd with { IsValid = false },
            "AA64" => cd with { AA64 = false },
            "TG0" => cd with { TG0 = 1 },
            "ENDI" => cd with { ENDI = true },
            "HA" => cd with { HTTU = 2 },
            "HD" => cd with { HTTU = 1 },
            "T0SZ" => cd with { T0SZ = 15 },
            _ => cd with { IPS = 0, TTB0 = 1ul << 40 },
        });

        Assert.Equal(DmaOutcome.Aborted, bench.Dma(Iova));
        Assert.Equal(SmmuEventType.C_BAD_CD, bench.OnlyEvent().Type);
    }

    [Theory]
    [InlineData(StallModel.StallOrTerminate, false, false, true)]
    [InlineData(StallModel.StallOrTerminate, true, false, true)]
    [InlineData(StallModel.StallOrTerminate, false, true, true)]
    [InlineData(StallModel.StallOrTerminate, true, true, false)]
    [InlineData(StallModel.TerminateOnly, false, false, true)]
    [InlineData(StallModel.TerminateOnly, true, false, false)]
    [InlineData(StallModel.StallForced, false, false, false)]
    [InlineData(StallModel.StallForced, true, false, true)]
    public void Legality_of_CD_S_follows_the_stall_model_and_S1STALLD(StallModel model, bool s, bool disabled, bool isLegal)
    {
        SmmuBench bench = new(options => options.StallModel = model);
        ulong contexts = bench.SetCd(SmmuBench.Cd(bench.NewPage(), stalls: s));
        bench.SetSte(SmmuBench.Stage1Ste(contexts) with { S1STALLD = disabled });

        DmaOutcome outcome = bench.Dma(Iova);

        Assert.Equal(isLegal ? SmmuEventType.F_TRANSLATION : SmmuEventType.C_BAD_CD, bench.OnlyEvent().Type);
        Assert.Equal(isLegal && s ? DmaOutcome.Stalled : DmaOutcome.Aborted, outcome);
    }

    [Theory]
    [InlineData(StallModel.StallOrTerminate, true, SmmuEventType.F_TRANSLATION)]
    [InlineData(StallModel.TerminateOnly, true, SmmuEventType.C_BAD_STE)]
    [InlineData(StallModel.TerminateOnly, false, SmmuEventType.F_TRANSLATION)]
    [InlineData(StallModel.StallForced, false, SmmuEventType.C_BAD_STE)]
    [InlineData(StallModel.StallForced, true, SmmuEventType.F_TRANSLATION)]
    public void Legality_of_S2S_follows_the_stall_model(StallModel model, bool s, SmmuEventType type)
    {
        SmmuBench bench = new(options => options.StallModel = model);
        bench.UseStage2(stalls: s);

        bench.Dma(Iova);

        Assert.Equal(type, bench.OnlyEvent().Type);
    }

    [Theory]
    [InlineData(null, 0, SmmuEventType.F_STREAM_DISABLED)]
    [InlineData(0u, 0, SmmuEventType.F_TRANSLATION)]
    [InlineData(0u, 2, SmmuEventType.F_STREAM_DISABLED)]
    [InlineData(null, 2, SmmuEventType.F_TRANSLATION)]
    [InlineData(3u, 2, SmmuEventType.F_TRANSLATION)]
    [InlineData(4u, 2, SmmuEventType.C_BAD_SUBSTREAMID)]
    public void Substream_meets_what_S1CDMax_and_S1DSS_say(uint? substream, int dss, SmmuEventType type)
    {
        SmmuBench bench = new();
        ulong contexts = bench.NewPage();
        for (uint index = 0; index < 4; index++)
        {
            SmmuBench.Cd(bench.NewPage()).Write(bench.Memory, contexts + (index * 64));
        }
        bench.SetSte(SmmuBench.Stage1Ste(contexts) with { S1CDMax = 2, S1DSS = dss });

        bench.Dma(Iova, substream: substream);

        EventRecord record = bench.OnlyEvent();
        Assert.Equal(type, record.Type);
        Assert.Equal(substream, record.SubstreamId);
    }

    [Fact]
    public void Traffic_without_a_substream_bypasses_stage_1_when_S1DSS_says_so()
    {
        SmmuBench bench = new();
        bench.SetSte(SmmuBench.Stage1Ste(bench.NewPage()) with { S1CDMax = 2, S1DSS = 1 });

        Assert.Equal(DmaOutcome.Completed, bench.Dma(Iova));
        Assert.Equal(Iova, bench.PhysicalAddress);
    }

    [Theory]
    [InlineData(StreamConfig.Stage1)]
    [InlineData(StreamConfig.Stage2)]
    [InlineData(StreamConfig.Bypass)]
    public void Substream_without_substreams_is_C_BAD_SUBSTREAMID(StreamConfig config)
    {
        SmmuBench bench = new();
        bench.SetSte(config == StreamConfig.Stage2
            ? SmmuBench.Stage2Ste(bench.NewPage())
            : SmmuBench.Stage1Ste(bench.NewPage()) with { Config = config });

        Assert.Equal(DmaOutcome.Aborted, bench.Dma(Iova, substream: 1));
        EventRecord record = bench.OnlyEvent();
        Assert.Equal(SmmuEventType.C_BAD_SUBSTREAMID, record.Type);
        Assert.Equal(1u, record.SubstreamId);
    }

    [Theory]
    [InlineData(1, 6)]
    [InlineData(2, 10)]
    public void Two_level_CD_table_is_walked(int format, int leafBits)
    {
        SmmuBench bench = new();
        ulong level1 = bench.NewPage();
        ulong leaf = bench.Memory.AllocateContiguous(Mm.FrameUse.Kernel, 16).Value.Address;
        ulong root = bench.NewPage();
        bench.MapStage1(root, Iova, 0x5000);
        uint substream = (2u << leafBits) | 5;
        bench.Memory.WriteWord(level1 + 16, leaf | 1);
        SmmuBench.Cd(root).Write(bench.Memory, leaf + (5 * 64));
        bench.SetSte(SmmuBench.Stage1Ste(level1) with { S1Fmt = format, S1CDMax = 14, S1DSS = 2 });

        Assert.Equal(DmaOutcome.Completed, bench.Dma(Iova, substream: substream));
        Assert.Equal(DmaOutcome.Aborted, bench.Dma(Iova, substream: substream + (1u << leafBits)));
        Assert.Equal(SmmuEventType.C_BAD_SUBSTREAMID, bench.OnlyEvent().Type);
    }

    [Fact]
    public void Substreams_have_translations_of_their_own()
    {
        SmmuBench bench = new();
        ulong contexts = bench.NewPage();
        for (uint index = 0; index < 3; index++)
        {
            ulong root = bench.NewPage();
            bench.MapStage1(root, Iova, 0x10000 * (index + 1));
            SmmuBench.Cd(root, asid: (ushort)(index + 1)).Write(bench.Memory, contexts + (index * 64));
        }
        bench.SetSte(SmmuBench.Stage1Ste(contexts) with { S1CDMax = 2, S1DSS = 2 });

        for (int round = 0; round < 2; round++)
        {
            Assert.Equal(DmaOutcome.Completed, bench.Dma(Iova));
            Assert.Equal(0x10000ul, bench.PhysicalAddress);
            Assert.Equal(DmaOutcome.Completed, bench.Dma(Iova, substream: 2));
            Assert.Equal(0x30000ul, bench.PhysicalAddress);
        }
    }

    [Fact]
    public void Disabled_SMMU_bypasses_or_aborts_as_GBPA_says()
    {
        SmmuBench bench = new();
        bench.UseStage1();
        bench.Smmu.WriteRegister(SmmuRegister.CR0, 0xc);

        Assert.Equal(DmaOutcome.Completed, bench.Dma(Iova));
        bench.Smmu.WriteRegister(SmmuRegister.GBPA, 1 << 20);
        Assert.Equal(DmaOutcome.Aborted, bench.Dma(Iova));
        Assert.Equal(0, bench.EventCount);
    }

    [Fact]
    public void Fields_of_STE_and_CD_lie_where_the_driver_writes_them()
    {
        StreamTableEntry ste = SmmuBench.Stage2Ste(0x7_0000, vmid: 0x1234, stalls: true) with { S1STALLD = true, S1DSS = 2 };
        ContextDescriptor cd = SmmuBench.Cd(0x7_0000, asid: 0xabcd);

        Assert.Equal(0xdul, ste.Word0);
        Assert.Equal((1ul << 27) | 2, ste.Word1);
        Assert.Equal(0x1234ul, ste.Word2 & 0xffff);
        Assert.Equal((1ul << 51) | (1ul << 54) | (1ul << 57) | (1ul << 58), ste.Word2 >> 51 << 51);
        Assert.Equal(0x7_0000ul, ste.Word3);
        ulong asidAndAset = (0xabcdul << 48) | (1ul << 47);
        ulong faultBits = (1ul << 46) | (1ul << 45) | (1ul << 44);
        Assert.Equal(asidAndAset | faultBits | (1ul << 41) | (5ul << 32) | (1ul << 31) | (1ul << 30) | 16, cd.Word0);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(65536)]
    public void Impossible_options_are_refused(int stallMax)
    {
        Assert.Throws<ArgumentException>(() => new SmmuBench(options => options.StallMax = stallMax));
        Assert.Throws<ArgumentOutOfRangeException>(() => new SmmuBench(options => options.OutputAddressBits = 41));
    }
}
