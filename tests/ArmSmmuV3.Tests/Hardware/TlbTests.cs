using Iopf.ArmSmmuV3.Hardware;
using Iopf.TestKit.Smmu;

namespace Iopf.ArmSmmuV3.Tests.Hardware;

public class TlbTests
{
    private const uint Plain = 1;
    private const uint OtherAsid = 2;
    private const uint Guest = 3;
    private const uint Nested = 4;
    private const uint OtherVmid = 5;
    private const ulong Iova = 0x1000;

    [Theory]
    [InlineData("NSNH_ALL", new[] { Plain, OtherAsid, Guest, Nested, OtherVmid })]
    [InlineData("NH_ALL vmid 3", new[] { Nested })]
    [InlineData("NH_ALL vmid 0", new[] { Plain, OtherAsid })]
    [InlineData("S12_VMALL vmid 3", new[] { Guest, Nested })]
    [InlineData("S2_IPA vmid 3", new[] { Guest })]
    [InlineData("S2_IPA another page", new uint[0])]
    [InlineData("NH_ASID 7 vmid 0", new[] { Plain })]
    [InlineData("NH_ASID 7 vmid 3", new[] { Nested })]
    [InlineData("NH_VA 7 vmid 0", new[] { Plain })]
    [InlineData("NH_VA 7 vmid 3", new[] { Nested })]
    [InlineData("NH_VA another page", new uint[0])]
    [InlineData("NH_VAA vmid 0", new[] { Plain, OtherAsid })]
    [InlineData("NH_VAA another page", new uint[0])]
    public void Invalidation_forgets_exactly_what_it_covers(string command, uint[] forgotten)
    {
        SmmuBench bench = new();
        bench.MapStage1(bench.UseStage1(Plain, asid: 7), Iova, 0x5000);
        bench.MapStage1(bench.UseStage1(OtherAsid, asid: 8), Iova, 0x6000);
        bench.MapStage2(bench.UseStage2(Guest, vmid: 3), Iova, 0x7000);
        (ulong stage1, ulong stage2) = bench.UseNested(vmid: 3, asid: 7, streamId: Nested);
        bench.MapStage1(stage1, Iova, 0x9000, nestedStage2: stage2);
        bench.MapStage2(stage2, 0x9000, 0x8000);
        bench.MapStage2(bench.UseStage2(OtherVmid, vmid: 4), Iova, 0x9000);
        uint[] streams = [Plain, OtherAsid, Guest, Nested, OtherVmid];
        foreach (uint stream in streams)
        {
            bench.Dma(Iova, streamId: stream);
        }

        bench.Send(CommandOf(command));

        Assert.Equal(1, bench.Smmu.TlbInvalidations);
        foreach (uint stream in streams)
        {
            long misses = bench.Smmu.TlbMisses;
            Assert.Equal(DmaOutcome.Completed, bench.Dma(Iova, streamId: stream));
            Assert.Equal(forgotten.Contains(stream), bench.Smmu.TlbMisses != misses);
        }
    }

    private static SmmuCommand CommandOf(string command) => command switch
    {
        "NSNH_ALL" => SmmuCommand.TlbiNsnhAll(),
        "NH_ALL vmid 3" => SmmuCommand.TlbiNhAll(3),
        "NH_ALL vmid 0" => SmmuCommand.TlbiNhAll(),
        "S12_VMALL vmid 3" => SmmuCommand.TlbiS12VmAll(3),
        "S2_IPA vmid 3" => SmmuCommand.TlbiS2Ipa(3, Iova),
        "S2_IPA another page" => SmmuCommand.TlbiS2Ipa(3, Iova + 0x1000),
        "NH_ASID 7 vmid 0" => SmmuCommand.TlbiNhAsid(7),
        "NH_ASID 7 vmid 3" => SmmuCommand.TlbiNhAsid(7, 3),
        "NH_VA 7 vmid 0" => SmmuCommand.TlbiNhVa(7, Iova),
        "NH_VA 7 vmid 3" => SmmuCommand.TlbiNhVa(7, Iova, vmid: 3),
        "NH_VA another page" => SmmuCommand.TlbiNhVa(7, Iova + 0x1000),
        "NH_VAA vmid 0" => SmmuCommand.TlbiNhVaa(Iova),
        _ => SmmuCommand.TlbiNhVaa(Iova + 0x1000),
    };

    [Fact]
    public void Stale_translation_is_used_until_it_is_invalidated()
    {
        SmmuBench bench = new();
        ulong root = bench.UseStage1();
        bench.MapStage1(root, Iova, 0x5000);
        bench.Dma(Iova);
        bench.Memory.WriteWord(bench.DescriptorAddress(root, Iova, 12), 0);

        Assert.Equal(DmaOutcome.Completed, bench.Dma(Iova));
        bench.Send(SmmuCommand.TlbiNhVa(7, Iova));
        Assert.Equal(DmaOutcome.Stalled, bench.Dma(Iova));
    }

    [Fact]
    public void Stale_permission_faults_until_it_is_invalidated()
    {
        SmmuBench bench = new();
        ulong root = bench.UseStage1(stalls: false);
        bench.MapStage1(root, Iova, 0x5000, SmmuBench.Read | SmmuBench.ReadOnly);
        bench.Dma(Iova);
        bench.MapStage1(root, Iova, 0x5000);

        Assert.Equal(DmaOutcome.Aborted, bench.Dma(Iova, write: true));
        Assert.Equal(SmmuEventType.F_PERMISSION, bench.OnlyEvent().Type);
        bench.Send(SmmuCommand.TlbiNhVa(7, Iova));
        Assert.Equal(DmaOutcome.Completed, bench.Dma(Iova, write: true));
    }

    [Fact]
    public void Faults_are_not_cached()
    {
        SmmuBench bench = new();
        ulong root = bench.UseStage1(stalls: false);
        Assert.Equal(DmaOutcome.Aborted, bench.Dma(Iova));
        bench.MapStage1(root, Iova, 0x5000);

        Assert.Equal(DmaOutcome.Completed, bench.Dma(Iova));
    }

    [Theory]
    [InlineData(21)]
    [InlineData(30)]
    public void Any_address_of_a_block_invalidates_it(int shift)
    {
        SmmuBench bench = new();
        ulong root = bench.UseStage1();
        bench.MapStage1(root, 0, 1ul << 32, shift: shift);
        bench.Dma(0);

        bench.Send(SmmuCommand.TlbiNhVa(7, (1ul << shift) - 0x1000));
        bench.Dma(0);

        Assert.Equal(2, bench.Smmu.TlbMisses);
    }

    [Fact]
    public void Global_translation_survives_its_ASID_but_not_its_address()
    {
        SmmuBench bench = new();
        ulong root = bench.UseStage1();
        bench.Map(root, Iova, 0x5000 | 0x441, 12, 0);
        bench.Dma(Iova);

        bench.Send(SmmuCommand.TlbiNhAsid(7));
        bench.Dma(Iova);
        Assert.Equal(1, bench.Smmu.TlbMisses);
        bench.Send(SmmuCommand.TlbiNhVa(9, Iova));
        bench.Dma(Iova);
        Assert.Equal(2, bench.Smmu.TlbMisses);
    }

    [Fact]
    public void A_small_TLB_evicts_but_never_answers_wrongly()
    {
        SmmuBench bench = new(options => options.TlbEntries = 16);
        ulong root = bench.UseStage1();
        for (ulong page = 0; page < 256; page++)
        {
            bench.MapStage1(root, page << 12, (page + 0x100) << 12);
        }

        for (int round = 0; round < 3; round++)
        {
            for (ulong page = 0; page < 256; page++)
            {
                Assert.Equal(DmaOutcome.Completed, bench.Dma(page << 12));
                Assert.Equal((page + 0x100) << 12, bench.PhysicalAddress);
            }
        }
        Assert.Equal(3 * 256, bench.Smmu.TlbMisses);
        bench.Dma(255 << 12);
        Assert.Equal(1, bench.Smmu.TlbHits);
    }

    [Fact]
    public void Every_page_of_a_range_as_large_as_the_TLB_fits_into_it()
    {
        SmmuBench bench = new();
        ulong root = bench.UseStage1();
        for (ulong page = 0; page < 4096; page++)
        {
            bench.MapStage1(root, page << 12, (page + 0x10000) << 12);
        }

        for (int round = 0; round < 2; round++)
        {
            for (ulong page = 0; page < 4096; page++)
            {
                bench.Dma(page << 12);
            }
        }

        Assert.Equal(4096, bench.Smmu.TlbMisses);
        Assert.Equal(4096, bench.Smmu.TlbHits);
    }
}
