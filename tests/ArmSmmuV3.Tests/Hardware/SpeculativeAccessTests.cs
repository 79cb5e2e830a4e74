using Iopf.ArmSmmuV3.Hardware;
using Iopf.Kernel;
using Iopf.TestKit.Smmu;

namespace Iopf.ArmSmmuV3.Tests.Hardware;

/// <summary>Arm IHI 0070, section 3.14.</summary>
public class SpeculativeAccessTests
{
    private const ulong Address = 0x10_0000;
    private const uint UnconfiguredStream = 0x51;

    private static readonly DmaRequest Guess = new(SmmuBench.Sid, null, new Iova(Address), IsWrite: false, IsSpeculative: true);

    [Fact]
    public void Speculative_read_of_a_mapped_page_returns_data()
    {
        SmmuBench bench = new();
        ulong page = bench.NewPage();
        bench.MapStage1(bench.UseStage1(), Address, page);

        Assert.Equal(DmaOutcome.Completed, bench.Dma(Guess, out ulong missed));
        Assert.Equal(DmaOutcome.Completed, bench.Dma(Guess, out ulong hit));
        Assert.Equal((page, page), (missed, hit));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Speculative_read_that_faults_aborts_without_event_or_stall(bool stalls)
    {
        SmmuBench bench = new();
        bench.UseStage1(stalls: stalls);

        Assert.Equal(DmaOutcome.Aborted, bench.Dma(Guess, out _));
        Assert.Equal(0, bench.EventCount);
        Assert.Equal(0, bench.Smmu.StalledTransactions);
    }

    [Fact]
    public void Speculative_read_of_an_unconfigured_stream_leaves_no_event()
    {
        SmmuBench bench = new();
        bench.SteAddress(UnconfiguredStream);

        Assert.Equal(DmaOutcome.Aborted, bench.Dma(Guess with { StreamId = UnconfiguredStream }, out _));
        Assert.Equal(0, bench.EventCount);
        bench.Dma(Address, streamId: UnconfiguredStream);
        Assert.Equal(SmmuEventType.C_BAD_STE, bench.OnlyEvent().Type);
    }

    [Fact]
    public void Speculative_write_always_aborts_even_where_a_write_is_granted()
    {
        SmmuBench bench = new();
        bench.MapStage1(bench.UseStage1(), Address, bench.NewPage());

        Assert.Equal(DmaOutcome.Aborted, bench.Dma(Guess with { IsWrite = true }, out _));
        Assert.Equal(DmaOutcome.Completed, bench.Dma(Address, write: true));
        Assert.Equal(DmaOutcome.Aborted, bench.Dma(Guess with { IsWrite = true }, out _));
        Assert.Equal(0, bench.EventCount);
    }
}
