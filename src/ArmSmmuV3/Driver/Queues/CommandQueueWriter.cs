using Iopf.ArmSmmuV3.Hardware;
using Iopf.Kernel;
using Iopf.Mm;

namespace Iopf.ArmSmmuV3.Driver;

/// <summary>The driver's end of the command queue: inserts commands, waits for them, and repairs the queue after a bad one.</summary>
/// <remarks>
/// Kernel: <c>arm_smmu_cmdq_issue_cmdlist</c>, <c>arm_smmu_cmdq_skip_err</c>. The kernel lets several CPUs insert without a lock;
/// here a spinlock stands for the reservation of a slot, with the same rule that nobody sleeps meanwhile.
/// </remarks>
internal sealed class CommandQueueWriter(HostKernel kernel, PhysicalMemory memory, SmmuHardware hardware, QueueMemory queue, string name)
{
    private const int ErrorShift = 24;
    private const uint ErrorMask = 0x7f;
    private const uint IllegalCommand = 1;

    private readonly QueueIndex _index = new(queue.Shift);
    private readonly KernelSpinLock _lock = new(kernel.Scheduler, $"{name} cmdq", "cmdq");
    private uint _producer;

    /// <summary>How many commands were lost because the queue stayed full, or were never confirmed by their CMD_SYNC.</summary>
    internal long Timeouts { get; private set; }

    /// <summary>How many commands the SMMU rejected and the driver replaced.</summary>
    internal long Replaced { get; private set; }

    /// <summary>Inserts a command without waiting for it.</summary>
    /// <param name="command">The command.</param>
    internal void Insert(in SmmuCommand command)
    {
        if (command.Opcode is >= SmmuOpcode.TLBI_NH_ALL and <= SmmuOpcode.TLBI_NSNH_ALL)
        {
            kernel.Tally.IotlbInvalidations++;
        }

        using (_lock.Hold())
        {
            if (_index.IsFull(_producer, (uint)hardware.ReadRegister(SmmuRegister.CMDQ_CONS)))
            {
                GiveUp("CMDQ timeout");
                return;
            }

            Store(_producer, command);
            _producer = _index.Next(_producer);
        }

        // Outside the lock: the SMMU acts at once, and a device that hears of its transaction may be back here before the write returns.
        hardware.WriteRegister(SmmuRegister.CMDQ_PROD, _producer);
    }

    /// <summary>Waits until every command inserted so far has taken effect.</summary>
    /// <remarks>The kernel polls for up to a second with interrupts off and then only logs.</remarks>
    internal void Sync()
    {
        Insert(SmmuCommand.Sync());
        if (!_index.IsEmpty(_producer, (uint)hardware.ReadRegister(SmmuRegister.CMDQ_CONS)))
        {
            GiveUp("CMD_SYNC timeout");
        }
    }

    /// <summary>Puts a CMD_SYNC in the place of the command the SMMU stopped at, so that it can go on.</summary>
    /// <remarks>Kernel: <c>arm_smmu_cmdq_skip_err</c>. Runs in the interrupt that reports the error, with the queue stopped.</remarks>
    internal void SkipError()
    {
        uint consumer = (uint)hardware.ReadRegister(SmmuRegister.CMDQ_CONS);
        uint error = consumer >> ErrorShift & ErrorMask;
        kernel.Step(TraceLayer.SmmuDriver, "arm_smmu_cmdq_skip_err", name, null, $"CMDQ error {error} at slot {_index.SlotOf(consumer)}");

        // A command whose fetch was aborted is fetched again; an ATC that did not answer is the command's own affair.
        if (error != IllegalCommand)
        {
            return;
        }

        Store(consumer, SmmuCommand.Sync());
        Replaced++;
    }

    private void Store(uint index, in SmmuCommand command)
    {
        ulong slot = queue.Address + _index.SlotOf(index) * (ulong)SmmuCommand.SizeBytes;
        memory.WriteWord(slot, command.Word0);
        memory.WriteWord(slot + 8, command.Word1);
    }

    private void GiveUp(string what)
    {
        Timeouts++;
        kernel.Step(TraceLayer.SmmuDriver, "arm_smmu_cmdq_issue_cmdlist", name, null, $"{what}");
    }
}
