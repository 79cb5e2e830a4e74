using Iopf.ArmSmmuV3.Hardware;
using Iopf.TestKit.Smmu;

namespace Iopf.ArmSmmuV3.Tests.Hardware;

public class NestedTests
{
    private const ulong Iova = 0x12_3456_7000;
    private const ulong Ipa = 0x4000_3000;

    [Fact]
    public void Both_stages_translate_one_after_the_other()
    {
        SmmuBench bench = new();
        (ulong stage1, ulong stage2) = bench.UseNested();
        bench.MapStage1(stage1, Iova, Ipa, nestedStage2: stage2);
        bench.MapStage2(stage2, Ipa, 0x5000);

        Assert.Equal(DmaOutcome.Completed, bench.Dma(Iova + 0x123));
        Assert.Equal(0x5123ul, bench.PhysicalAddress);
        Assert.Equal(DmaOutcome.Completed, bench.Dma(Iova + 0x456, write: true));
        Assert.Equal(1, bench.Smmu.TlbMisses);
        Assert.Equal(1, bench.Smmu.TlbHits);
    }

    [Fact]
    public void Stage_1_fault_is_reported_as_stage_1_and_stalls_as_the_CD_says()
    {
        SmmuBench bench = new();
        bench.UseNested();

        Assert.Equal(DmaOutcome.Stalled, bench.Dma(Iova));
        EventRecord record = bench.OnlyEvent();
        Assert.False(record.IsStage2);
        Assert.Equal(0ul, record.Word3);
    }

    [Theory]
    [InlineData(true, DmaOutcome.Stalled)]
    [InlineData(false, DmaOutcome.Aborted)]
    public void Unmapped_IPA_is_a_stage_2_fault_of_class_IN_with_that_IPA(bool stalls2, DmaOutcome outcome)
    {
        SmmuBench bench = new();
        (ulong stage1, ulong stage2) = bench.UseNested(stalls2: stalls2);
        bench.MapStage1(stage1, Iova, Ipa, nestedStage2: stage2);

        Assert.Equal(outcome, bench.Dma(Iova + 0x123));

        EventRecord record = bench.OnlyEvent();
        Assert.Equal(SmmuEventType.F_TRANSLATION, record.Type);
        Assert.True(record.IsStage2);
        Assert.Equal(FaultClass.InputAddress, record.Class);
        Assert.Equal(Iova + 0x123, record.InputAddress);
        Assert.Equal(Ipa, record.Word3);
        Assert.Equal(stalls2, record.IsStall);
    }

    [Fact]
    public void Unmapped_table_is_a_stage_2_fault_of_class_TT_with_the_IPA_of_the_descriptor()
    {
        SmmuBench bench = new();
        (ulong stage1, ulong stage2) = bench.UseNested(stalls2: true);
        ulong lost = SmmuBench.Shifted(bench.NewPage());
        bench.Memory.WriteWord(stage1 + (((Iova >> 39) & 511) * 8), lost | 3);

        Assert.Equal(DmaOutcome.Stalled, bench.Dma(Iova, write: true));

        EventRecord record = bench.OnlyEvent();
        Assert.Equal(SmmuEventType.F_TRANSLATION, record.Type);
        Assert.True(record.IsStage2);
        Assert.Equal(FaultClass.TranslationTable, record.Class);
        Assert.Equal(lost, record.Ipa);
        Assert.Equal(Iova, record.InputAddress);
        Assert.Equal(0ul, record.Word1 & (1ul << 44));

        bench.MapStage2(stage2, lost, lost - (1ul << 40));
        bench.Send(SmmuCommand.Resume(SmmuBench.Sid, record.StallTag, ResumeAction.Retry));
        Assert.False(bench.OnlyEvent().IsStage2);
    }

    [Fact]
    public void Unmapped_CD_is_a_stage_2_fault_of_class_CD_that_can_stall_and_be_retried()
    {
        SmmuBench bench = new();
        ulong stage2 = bench.NewPage();
        ulong contexts = bench.NewPage();
        ulong stage1 = bench.NewPage();
        SmmuBench.Cd(SmmuBench.Shifted(stage1)).Write(bench.Memory, contexts);
        bench.MapStage2(stage2, SmmuBench.Shifted(stage1), stage1);
        bench.MapStage1(stage1, Iova, Ipa, nestedStage2: stage2);
        bench.MapStage2(stage2, Ipa, 0x5000);
        StreamTableEntry ste = SmmuBench.Stage2Ste(stage2, stalls: true, config: StreamConfig.Nested);
        bench.SetSte(ste with { S1ContextPtr = SmmuBench.Shifted(contexts) });

        Assert.Equal(DmaOutcome.Stalled, bench.Dma(Iova));
        EventRecord record = bench.OnlyEvent();
        Assert.Equal(FaultClass.ContextDescriptor, record.Class);
        Assert.True(record.IsStage2);
        Assert.Equal(SmmuBench.Shifted(contexts), record.Ipa);

        bench.MapStage2(stage2, SmmuBench.Shifted(contexts), contexts);
        bench.Send(SmmuCommand.Resume(SmmuBench.Sid, record.StallTag, ResumeAction.Retry));
        Assert.Equal(0x5000ul, bench.Master.CompletedAt[0]);
    }

    [Fact]
    public void Tables_in_unreadable_or_device_memory_are_a_permission_fault_of_class_TT()
    {
        SmmuBench bench = new();
        (ulong stage1, ulong stage2) = bench.UseNested();
        bench.MapStage1(stage1, Iova, Ipa, nestedStage2: stage2);
        ulong leaf = bench.DescriptorAddress(stage2, SmmuBench.Shifted(stage1), 12);
        ulong normal = bench.Memory.ReadWord(leaf);

        bench.Memory.WriteWord(leaf, normal & ~0x3cul);
        Assert.Equal(DmaOutcome.Aborted, bench.Dma(Iova));
        EventRecord device = bench.OnlyEvent();
        bench.Memory.WriteWord(leaf, normal & ~0x40ul);
        Assert.Equal(DmaOutcome.Aborted, bench.Dma(Iova));
        EventRecord unreadable = bench.OnlyEvent();

        Assert.Equal(SmmuEventType.F_PERMISSION, device.Type);
        Assert.Equal(FaultClass.TranslationTable, device.Class);
        Assert.Equal(device, unreadable);
    }

    [Fact]
    public void Write_to_what_stage_2_maps_read_only_names_the_IPA_also_on_a_TLB_hit()
    {
        SmmuBench bench = new();
        (ulong stage1, ulong stage2) = bench.UseNested();
        bench.MapStage1(stage1, Iova, Ipa, nestedStage2: stage2);
        bench.Map(stage2, Ipa, 0x5000 | 0x47d, 12, 0);

        bench.Dma(Iova + 8, write: true);
        EventRecord walked = bench.OnlyEvent();
        bench.Dma(Iova + 8);
        bench.Dma(Iova + 8, write: true);
        EventRecord cached = bench.OnlyEvent();

        Assert.Equal(SmmuEventType.F_PERMISSION, walked.Type);
        Assert.True(walked.IsStage2);
        Assert.Equal(Ipa, walked.Ipa);
        Assert.Equal(walked, cached);
    }

    [Fact]
    public void Write_to_what_stage_1_maps_read_only_is_a_stage_1_fault_also_on_a_TLB_hit()
    {
        SmmuBench bench = new();
        (ulong stage1, ulong stage2) = bench.UseNested(stalls1: false);
        bench.MapStage1(stage1, Iova, Ipa, SmmuBench.Read | SmmuBench.ReadOnly, nestedStage2: stage2);
        bench.MapStage2(stage2, Ipa, 0x5000);

        bench.Dma(Iova, write: true);
        EventRecord walked = bench.OnlyEvent();
        bench.Dma(Iova);
        bench.Dma(Iova, write: true);

        Assert.False(walked.IsStage2);
        Assert.Equal(walked, bench.OnlyEvent());
    }

    [Fact]
    public void The_smaller_of_both_sizes_is_cached()
    {
        SmmuBench bench = new();
        (ulong stage1, ulong stage2) = bench.UseNested();
        bench.MapStage1(stage1, 0, 0x4000_0000, shift: 21, nestedStage2: stage2);
        bench.MapStage2(stage2, 0x4000_0000, 0x5000);
        bench.MapStage2(stage2, 0x4000_1000, 0x9000);

        bench.Dma(0);
        Assert.Equal(DmaOutcome.Completed, bench.Dma(0x1008));

        Assert.Equal(0x9008ul, bench.PhysicalAddress);
        Assert.Equal(2, bench.Smmu.TlbMisses);
    }
}
