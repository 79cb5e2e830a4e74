using Iopf.ArmSmmuV3.Hardware;
using Iopf.TestKit.Smmu;

namespace Iopf.ArmSmmuV3.Tests.Hardware;

public class FaultTests
{
    private const ulong Iova = 0x40_0000_1000;

    [Fact]
    public void Clear_access_flag_faults_unless_the_CD_disables_it()
    {
        SmmuBench bench = new();
        ulong root = bench.UseStage1(1, stalls: false);
        bench.Map(root, Iova, 0x5000 | 0x841, 12, 0);
        bench.SetCd(SmmuBench.Cd(root) with { AFFD = true }, 2);

        Assert.Equal(DmaOutcome.Aborted, bench.Dma(Iova, streamId: 1));
        Assert.Equal(SmmuEventType.F_ACCESS, bench.OnlyEvent().Type);
        Assert.Equal(DmaOutcome.Completed, bench.Dma(Iova, streamId: 2));
    }

    [Fact]
    public void Write_to_a_read_only_page_is_a_permission_fault_and_a_read_is_none()
    {
        SmmuBench bench = new();
        ulong root = bench.UseStage1(stalls: false);
        bench.MapStage1(root, Iova, 0x5000, SmmuBench.Read | SmmuBench.ReadOnly);

        Assert.Equal(DmaOutcome.Aborted, bench.Dma(Iova, write: true));
        Assert.Equal(DmaOutcome.Completed, bench.Dma(Iova));

        EventRecord record = bench.OnlyEvent();
        Assert.Equal(SmmuEventType.F_PERMISSION, record.Type);
        Assert.False(record.IsStall);
        Assert.False(record.IsRead);
    }

    [Theory]
    [InlineData(0ul, true, true)]
    [InlineData(1ul << 53, true, false)]
    [InlineData(1ul << 54, false, true)]
    [InlineData((1ul << 54) | (1ul << 53), false, false)]
    public void Execute_never_bits_stop_fetches_of_their_privilege(ulong never, bool unprivileged, bool privileged)
    {
        SmmuBench bench = new();
        ulong root = bench.UseStage1(stalls: false);
        bench.MapStage1(root, Iova, 0x5000, SmmuBench.Read | SmmuBench.ReadOnly | never);

        Assert.Equal(unprivileged, bench.Dma(Iova, fetch: true) == DmaOutcome.Completed);
        Assert.Equal(privileged, bench.Dma(Iova, fetch: true, privileged: true) == DmaOutcome.Completed);
        Assert.Equal(DmaOutcome.Completed, bench.Dma(Iova));
    }

    [Fact]
    public void Page_without_the_unprivileged_bit_belongs_to_privileged_accesses()
    {
        SmmuBench bench = new();
        ulong root = bench.UseStage1(stalls: false);
        bench.MapStage1(root, Iova, 0x5000, more: 0);

        Assert.Equal(DmaOutcome.Aborted, bench.Dma(Iova));
        Assert.Equal(DmaOutcome.Completed, bench.Dma(Iova, privileged: true));
        Assert.Equal(DmaOutcome.Completed, bench.Dma(Iova, write: true, privileged: true));
    }

    [Fact]
    public void STE_can_make_every_access_privileged()
    {
        SmmuBench bench = new();
        ulong root = bench.NewPage();
        bench.MapStage1(root, Iova, 0x5000, more: 0);
        ulong contexts = bench.SetCd(SmmuBench.Cd(root));
        bench.SetSte(SmmuBench.Stage1Ste(contexts) with { PRIVCFG = 3 });

        Assert.Equal(DmaOutcome.Completed, bench.Dma(Iova));
    }

    [Fact]
    public void Table_attributes_limit_what_leaves_grant()
    {
        SmmuBench bench = new();
        ulong root = bench.UseStage1(stalls: false);
        bench.MapStage1(root, Iova, 0x5000);
        ulong top = bench.DescriptorAddress(root, Iova, 39);
        bench.Memory.WriteWord(top, bench.Memory.ReadWord(top) | (1ul << 62) | (1ul << 60));

        Assert.Equal(DmaOutcome.Aborted, bench.Dma(Iova, write: true));
        Assert.Equal(DmaOutcome.Aborted, bench.Dma(Iova, fetch: true));
        Assert.Equal(DmaOutcome.Completed, bench.Dma(Iova));
    }

    [Fact]
    public void Output_beyond_IPS_is_an_address_size_fault()
    {
        SmmuBench bench = new();
        ulong root = bench.NewPage();
        bench.MapStage1(root, Iova, 1ul << 40);
        bench.SetCd(SmmuBench.Cd(root, stalls: false) with { IPS = 2 });

        Assert.Equal(DmaOutcome.Aborted, bench.Dma(Iova));
        EventRecord record = bench.OnlyEvent();
        Assert.Equal(SmmuEventType.F_ADDR_SIZE, record.Type);
        Assert.Equal(FaultClass.InputAddress, record.Class);
    }

    [Theory]
    [InlineData(1ul << 48)]
    [InlineData(0xffff_8000_0000_0000)]
    public void Addresses_outside_the_input_range_are_translation_faults(ulong address)
    {
        SmmuBench bench = new();
        bench.UseStage1(stalls: false);

        Assert.Equal(DmaOutcome.Aborted, bench.Dma(address));
        Assert.Equal(SmmuEventType.F_TRANSLATION, bench.OnlyEvent().Type);
    }

    [Fact]
    public void Upper_addresses_are_translated_by_TTB1()
    {
        SmmuBench bench = new();
        ulong root = bench.NewPage();
        bench.MapStage1(root, 0xffff_ffff_ffff_f000, 0x5000);
        bench.SetCd(SmmuBench.Cd(0) with { EPD0 = true, EPD1 = false, TTB1 = root, T1SZ = 16, TG1 = 2 });

        Assert.Equal(DmaOutcome.Completed, bench.Dma(0xffff_ffff_ffff_f123));
        Assert.Equal(0x5123ul, bench.PhysicalAddress);
        Assert.Equal(DmaOutcome.Stalled, bench.Dma(0x1000));
    }

    [Theory]
    [InlineData(25, 30)]
    [InlineData(24, 39)]
    [InlineData(39, 21)]
    public void Walk_starts_at_the_level_T0SZ_asks_for(int t0sz, int firstShift)
    {
        SmmuBench bench = new();
        ulong root = bench.NewPage();
        ulong address = (1ul << (64 - t0sz)) - 0x1000;
        ulong table = root;
        for (int shift = firstShift; shift > 12; shift -= 9)
        {
            ulong mask = shift == firstShift ? (1ul << (64 - t0sz - shift)) - 1 : 511;
            ulong next = bench.NewPage();
            bench.Memory.WriteWord(table + (((address >> shift) & mask) * 8), next | 3);
            table = next;
        }
        bench.Memory.WriteWord(table + (511 * 8), 0x5000 | 0xc43);
        bench.SetCd(SmmuBench.Cd(root) with { T0SZ = t0sz });

        Assert.Equal(DmaOutcome.Completed, bench.Dma(address));
        Assert.Equal(0x5000ul, bench.PhysicalAddress);
    }

    [Theory]
    [InlineData(21, 0x3f_f123ul)]
    [InlineData(30, 0x3fff_f123ul)]
    public void Blocks_translate_everything_inside_them(int shift, ulong offset)
    {
        SmmuBench bench = new();
        ulong root = bench.UseStage1();
        ulong size = 1ul << shift;
        bench.MapStage1(root, 0, 4 * size, shift: shift);
        bench.MapStage1(root, size, 8 * size, shift: shift);

        Assert.Equal(DmaOutcome.Completed, bench.Dma(offset & (size - 1)));
        Assert.Equal((4 * size) + (offset & (size - 1)), bench.PhysicalAddress);
        Assert.Equal(DmaOutcome.Completed, bench.Dma(0x5000));
        Assert.Equal(1, bench.Smmu.TlbMisses);
        Assert.Equal(DmaOutcome.Completed, bench.Dma(size));
        Assert.Equal(8 * size, bench.PhysicalAddress);
    }

    [Theory]
    [InlineData(39)]
    [InlineData(12)]
    public void Block_descriptors_do_not_exist_at_levels_0_and_3(int shift)
    {
        SmmuBench bench = new();
        ulong root = bench.UseStage1(stalls: false);
        bench.Map(root, 0, 0x8000_0000_0000 | 0xc41, shift, 0);
        ulong at = bench.DescriptorAddress(root, 0, shift);
        bench.Memory.WriteWord(at, bench.Memory.ReadWord(at) & ~2ul);

        bench.Dma(0);

        Assert.Equal(SmmuEventType.F_TRANSLATION, bench.OnlyEvent().Type);
    }

    [Theory]
    [InlineData(true, true, DmaOutcome.Aborted, 1)]
    [InlineData(true, false, DmaOutcome.Aborted, 0)]
    [InlineData(false, true, DmaOutcome.ReadAsZeroWriteIgnored, 1)]
    [InlineData(false, false, DmaOutcome.ReadAsZeroWriteIgnored, 0)]
    public void Terminated_transaction_ends_as_CD_A_and_is_recorded_as_CD_R_says(bool a, bool r, DmaOutcome outcome, int events)
    {
        SmmuBench bench = new();
        bench.SetCd(SmmuBench.Cd(bench.NewPage(), stalls: false) with { A = a, R = r });

        Assert.Equal(outcome, bench.Dma(Iova));
        Assert.Equal(events, bench.EventCount);
        Assert.Equal(0ul, bench.PhysicalAddress);
    }

    [Fact]
    public void Stall_is_recorded_even_with_CD_R_clear()
    {
        SmmuBench bench = new();
        bench.SetCd(SmmuBench.Cd(bench.NewPage()) with { R = false });

        Assert.Equal(DmaOutcome.Stalled, bench.Dma(Iova));
        Assert.True(bench.OnlyEvent().IsStall);
    }
}
