using Iopf.Kernel;
using Iopf.Mm;

namespace Iopf.ArmSmmuV3.Hardware;

/// <summary>One SMMUv3: translates what devices issue, stalls or ends what it cannot translate, and talks to its driver through queues.</summary>
/// <remarks>
/// Arm IHI 0070. The hardware has no thread of its own: it acts in whoever calls it, a device that issues a transaction or a
/// driver that writes a register. Transactions beyond <see cref="SmmuHardwareOptions.StallMax"/> wait in front of the SMMU, in
/// their order, and are translated afresh when a stall ends.
/// </remarks>
public sealed class SmmuHardware
{
    /// <summary>Creates an SMMU in its reset state: disabled, so that transactions pass untranslated.</summary>
    /// <param name="kernel">Trace and clock.</param>
    /// <param name="memory">Where stream table, page tables and queues live.</param>
    /// <param name="options">What the implementer decided.</param>
    /// <param name="name">Its name in the trace.</param>
    public SmmuHardware(HostKernel kernel, PhysicalMemory memory, SmmuHardwareOptions options, string name)
    {
        Name = name;
    }

    /// <summary>Its name in the trace.</summary>
    public string Name { get; }

    /// <summary>The interrupt line of the event queue: called when the queue becomes non-empty while IRQ_CTRL.EVENTQ_IRQEN is set.</summary>
    /// <remarks>Called from inside a transaction or a register write: the handler wakes a thread, it does not consume the queue.</remarks>
    public Action? EventInterrupt { get; set; }

    /// <summary>The interrupt line of global errors: called when a GERROR bit becomes active while IRQ_CTRL.GERROR_IRQEN is set.</summary>
    public Action? GlobalErrorInterrupt { get; set; }

    /// <summary>How many transactions are stalled, those waiting in front of the SMMU not counted.</summary>
    public int StalledTransactions => throw new NotImplementedException();

    /// <summary>How many transactions wait in front of the SMMU because every stall slot was taken.</summary>
    public int WaitingTransactions => throw new NotImplementedException();

    /// <summary>How many transactions found their translation in the TLB.</summary>
    public long TlbHits => throw new NotImplementedException();

    /// <summary>How many transactions had to walk page tables.</summary>
    public long TlbMisses => throw new NotImplementedException();

    /// <summary>How many TLBI commands were executed.</summary>
    public long TlbInvalidations => throw new NotImplementedException();

    /// <summary>Reads a register.</summary>
    /// <param name="register">Which; an offset without a register reads as zero.</param>
    /// <returns>Its value; 32-bit registers leave the upper half zero.</returns>
    public ulong ReadRegister(SmmuRegister register) => throw new NotImplementedException();

    /// <summary>Writes a register. CMDQ_PROD runs the queue; EVENTQ_CONS lets records that wait for a slot in.</summary>
    /// <param name="register">Which; writes to read-only and unknown registers are ignored.</param>
    /// <param name="value">Its new value.</param>
    public void WriteRegister(SmmuRegister register, ulong value) => throw new NotImplementedException();

    /// <summary>Consumes commands until the queue is empty, disabled or stopped by an error.</summary>
    public void ProcessCommands() => throw new NotImplementedException();

    /// <summary>Translates one transaction.</summary>
    /// <remarks>An abort or a stall has recorded its event, as the configuration asks, when this returns.</remarks>
    /// <param name="request">The transaction.</param>
    /// <param name="master">Who hears how it ends, if it stalls.</param>
    /// <param name="transaction">The master's number for it.</param>
    /// <param name="physicalAddress">Where it goes, to the byte; 0 unless completed.</param>
    /// <returns>What became of it.</returns>
    public DmaOutcome Translate(in DmaRequest request, IBusMaster master, int transaction, out ulong physicalAddress) =>
        throw new NotImplementedException();
}
