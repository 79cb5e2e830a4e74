using Iopf.ArmSmmuV3.Driver;
using Iopf.ArmSmmuV3.Hardware;

namespace Iopf.ArmSmmuV3.Tests.Driver;

/// <summary>What the driver does about a command queue that does not go on.</summary>
public class CommandQueueWriterTests
{
    private readonly SmmuBench _bench = new();

    private CommandQueueWriter Commands => _bench.Smmu.Commands;

    [Fact]
    public void A_queue_that_stands_still_loses_what_does_not_fit_and_waits_for_nothing_for_ever()
    {
        _bench.Hardware.WriteRegister(SmmuRegister.CR0, _bench.Hardware.ReadRegister(SmmuRegister.CR0) & ~(ulong)SmmuControls.CommandQueue);
        int slots = 1 << (int)(_bench.Hardware.ReadRegister(SmmuRegister.CMDQ_BASE) & 0x1f);

        for (int i = 0; i < slots; i++)
        {
            Commands.Insert(SmmuCommand.TlbiNsnhAll());
        }

        Assert.Equal(0, Commands.Timeouts);
        Commands.Insert(SmmuCommand.TlbiNsnhAll());
        Assert.Equal(1, Commands.Timeouts);
        Commands.Sync();
        Assert.Equal(3, Commands.Timeouts);
    }
}
