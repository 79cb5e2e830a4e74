using Iopf.ArmSmmuV3.Hardware;
using Iopf.TestKit.Smmu;

namespace Iopf.ArmSmmuV3.Tests.Hardware;

/// <summary>Arm IHI 0070, section 7.3.1.</summary>
public class EventMergingTests
{
    private const ulong Iova = 0x10_0000;

    [Theory]
    [InlineData(false, 3)]
    [InlineData(true, 1)]
    public void Identical_unread_records_are_merged_only_if_the_STE_allows_it(bool merges, int records)
    {
        SmmuBench bench = Terminating(merges);

        bench.Dma(Iova);
        bench.Dma(Iova);
        bench.Dma(Iova);

        Assert.Equal(records, bench.EventCount);
    }

    [Fact]
    public void Record_that_was_read_is_not_merged_with()
    {
        SmmuBench bench = Terminating(merges: true);
        bench.Dma(Iova);
        bench.PopEvent();

        bench.Dma(Iova);

        Assert.Equal(Iova, bench.OnlyEvent().InputAddress);
    }

    [Fact]
    public void Different_address_direction_or_order_keeps_records_apart()
    {
        SmmuBench bench = Terminating(merges: true);

        bench.Dma(Iova);
        bench.Dma(Iova + 1);
        bench.Dma(Iova + 1, write: true);
        bench.Dma(Iova);

        Assert.Equal(4, bench.EventCount);
    }

    [Fact]
    public void Merged_event_on_a_full_queue_is_no_overflow()
    {
        SmmuBench bench = Terminating(merges: true, eventLog2: 0);
        bench.Dma(Iova);

        bench.Dma(Iova);
        Assert.False(bench.OverflowIsPending);
        bench.Dma(Iova + 1);

        Assert.True(bench.OverflowIsPending);
    }

    [Fact]
    public void Stalls_are_never_merged()
    {
        SmmuBench bench = Terminating(merges: true, stalls: true);

        bench.Dma(Iova);
        bench.Dma(Iova);

        Assert.NotEqual(bench.PopEvent().StallTag, bench.OnlyEvent().StallTag);
    }

    [Fact]
    public void Configuration_error_behind_a_legal_STE_merges_as_the_STE_says()
    {
        SmmuBench bench = new();
        ulong contexts = bench.NewPage();
        bench.SetSte(SmmuBench.Stage1Ste(contexts) with { MEV = true });

        bench.Dma(Iova);
        bench.Dma(Iova);

        Assert.Equal(SmmuEventType.C_BAD_CD, bench.OnlyEvent().Type);
    }

    private static SmmuBench Terminating(bool merges, bool stalls = false, int eventLog2 = 3)
    {
        SmmuBench bench = new(eventLog2: eventLog2);
        ulong contexts = bench.NewPage();
        SmmuBench.Cd(bench.NewPage(), stalls: stalls).Write(bench.Memory, contexts);
        bench.SetSte(SmmuBench.Stage1Ste(contexts) with { MEV = merges });
        return bench;
    }
}
