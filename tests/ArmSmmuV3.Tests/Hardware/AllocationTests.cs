using Iopf.ArmSmmuV3.Hardware;
using Iopf.Kernel;
using Iopf.TestKit;
using Iopf.TestKit.Smmu;

namespace Iopf.ArmSmmuV3.Tests.Hardware;

public class AllocationTests
{
    private sealed class SilentMaster : IBusMaster
    {
        public int Ended { get; private set; }

        public void Completed(int transaction, ulong physicalAddress) => Ended++;

        public void Aborted(int transaction) => Ended++;
    }

    [Fact]
    public void Translate_fault_resume_and_invalidate_allocate_nothing_in_steady_state()
    {
        SmmuBench bench = new(options => options.StallMax = 2, eventLog2: 1, commandLog2: 3);
        ulong root = bench.UseStage1(1);
        bench.MapStage1(root, 0x1000, 0x5000);
        (ulong stage1, ulong stage2) = bench.UseNested(streamId: 2);
        bench.MapStage1(stage1, 0x1000, 0x9000, nestedStage2: stage2);
        bench.MapStage2(stage2, 0x9000, 0x8000);
        bench.UseStage1(3, asid: 9, stalls: false);
        SilentMaster master = new();
        SmmuCommand[] commands = new SmmuCommand[4];
        Round(bench, master, commands);
        Round(bench, master, commands);
        int ended = master.Ended;

        int rounds = 0;
        Assert.Equal(0, Allocation.LeastOf(() =>
        {
            for (int round = 0; round < 1000; round++)
            {
                Round(bench, master, commands);
                rounds++;
            }
        }));
        Assert.Equal(ended + (4 * rounds), master.Ended);
        Assert.Equal(0, bench.Smmu.StalledTransactions);
    }

    private static void Round(SmmuBench bench, SilentMaster master, SmmuCommand[] commands)
    {
        // A hit or walk of one and of two stages, a terminated fault, then four stalls for two slots.
        Issue(bench, master, 1, 0x1000);
        Issue(bench, master, 2, 0x1000);
        Issue(bench, master, 3, 0x1000);
        Consume(bench);
        for (int stall = 0; stall < 4; stall++)
        {
            Issue(bench, master, 1, 0x2000);
        }
        for (int stall = 0; stall < 4; stall++)
        {
            EventRecord record = Consume(bench);
            commands[0] = SmmuCommand.TlbiNhVa(7, 0x1000);
            commands[1] = SmmuCommand.Resume(record.StreamId, record.StallTag, ResumeAction.Abort);
            commands[2] = SmmuCommand.CfgiCd(1, 0);
            commands[3] = SmmuCommand.Sync();
            bench.Send(commands);
        }
    }

    private static void Issue(SmmuBench bench, IBusMaster master, uint streamId, ulong address) =>
        bench.Smmu.Translate(new DmaRequest(streamId, null, new Iova(address), false), master, 0, out _);

    private static EventRecord Consume(SmmuBench bench)
    {
        ulong consumer = bench.Smmu.ReadRegister(SmmuRegister.EVENTQ_CONS);
        ulong slot = (bench.Smmu.ReadRegister(SmmuRegister.EVENTQ_BASE) & ~0x1ful) + ((consumer & 1) * 32);
        EventRecord record = new(bench.Memory.ReadWord(slot), bench.Memory.ReadWord(slot + 8), 0, 0);
        bench.Smmu.WriteRegister(SmmuRegister.EVENTQ_CONS, (consumer + 1) & 3);
        return record;
    }
}
