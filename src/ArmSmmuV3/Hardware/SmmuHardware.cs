using Iopf.Kernel;
using Iopf.Mm;

namespace Iopf.ArmSmmuV3.Hardware;

/// <summary>One SMMUv3: translates what devices issue, stalls or ends what it cannot translate, talks to its driver in queues.</summary>
/// <remarks>
/// Arm IHI 0070. The hardware has no thread of its own: it acts in whoever calls it, a device that issues a transaction or a
/// driver that writes a register. Transactions beyond <see cref="SmmuHardwareOptions.StallMax"/> wait in front of the SMMU, in
/// their order, and are translated afresh when a stall ends.
/// </remarks>
public sealed class SmmuHardware
{
    private readonly ConfigurationCache _configurations;
    private readonly Translator _translator;
    private readonly StallBuffer _stalls;
    private readonly EventQueue _eventQueue;
    private readonly EventRecorder _events;
    private readonly TransactionControl _transactions;
    private readonly CommandQueue _commandQueue;
    private readonly CommandExecutor _commands;
    private readonly RegisterFile _registers;

    /// <summary>Creates an SMMU in its reset state: disabled, so that transactions pass untranslated.</summary>
    /// <param name="kernel">Trace and clock.</param>
    /// <param name="memory">Where stream table, page tables and queues live.</param>
    /// <param name="options">What the implementer decided.</param>
    /// <param name="name">Its name in the trace.</param>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public SmmuHardware(HostKernel kernel, PhysicalMemory memory, SmmuHardwareOptions options, string name)
    {
        ArgumentNullException.ThrowIfNull(kernel);
        Identification.Check(options);
        Name = name;
        Walker = new PageTableWalker(memory);
        _configurations = new ConfigurationCache();
        StreamTable = new StreamTable(memory, options);
        Tlb = new Tlb(options.TlbEntries);
        ConfigurationReader reader = new(memory, options, StreamTable, Walker);
        _translator = new Translator(kernel, options, reader, _configurations, Walker, Tlb, name);
        _stalls = new StallBuffer(options.StallMax);
        _eventQueue = new EventQueue(memory, options);
        _events = new EventRecorder(kernel, _eventQueue, this, options.ReportsEventClass);
        _transactions = new TransactionControl(kernel, _translator, _stalls, _events, name);
        _commandQueue = new CommandQueue(memory, options);
        _commands = new CommandExecutor(kernel, options, _commandQueue, _configurations, Tlb, _transactions, name);
        _registers = new RegisterFile(new Identification(options));
    }

    /// <summary>Its name in the trace.</summary>
    public string Name { get; }

    /// <summary>The event queue's interrupt line: called when the queue becomes non-empty while IRQ_CTRL.EVENTQ_IRQEN is set.</summary>
    /// <remarks>Called from inside a transaction or a register write: the handler wakes a thread, it does not consume the queue.</remarks>
    public Action? EventInterrupt { get; set; }

    /// <summary>The interrupt line of global errors: called when a GERROR bit becomes active while IRQ_CTRL.GERROR_IRQEN is set.</summary>
    public Action? GlobalErrorInterrupt { get; set; }

    /// <summary>The stream table, as the registers describe it.</summary>
    internal StreamTable StreamTable { get; }

    /// <summary>The TLB.</summary>
    internal Tlb Tlb { get; }

    /// <summary>Walks page tables.</summary>
    internal PageTableWalker Walker { get; }

    /// <summary>The configuration of a stream and substream, if it is cached.</summary>
    internal StreamContext? ContextOf(uint streamId, uint? substreamId) => _configurations.Find(StreamContext.KeyOf(streamId, substreamId));

    /// <summary>How many transactions can be stalled at once.</summary>
    public int StallSlots => _stalls.SlotCount;

    /// <summary>How many transactions are stalled, those waiting in front of the SMMU not counted.</summary>
    public int StalledTransactions => _stalls.Count;

    /// <summary>How many transactions wait in front of the SMMU because every stall slot was taken.</summary>
    public int WaitingTransactions => _transactions.WaitingCount;

    /// <summary>How many transactions found their translation in the TLB.</summary>
    public long TlbHits => _translator.Hits;

    /// <summary>How many transactions had to walk page tables.</summary>
    public long TlbMisses => _translator.Misses;

    /// <summary>How many TLBI commands were executed.</summary>
    public long TlbInvalidations => _commands.TlbInvalidations;

    /// <summary>Reads a register.</summary>
    /// <param name="register">Which; an offset without a register reads as zero.</param>
    /// <returns>Its value; 32-bit registers leave the upper half zero.</returns>
    public ulong ReadRegister(SmmuRegister register) => register switch
    {
        SmmuRegister.STRTAB_BASE => StreamTable.Base,
        SmmuRegister.STRTAB_BASE_CFG => StreamTable.Configuration,
        SmmuRegister.CMDQ_BASE => _commandQueue.Base,
        SmmuRegister.CMDQ_PROD => _commandQueue.Producer,
        SmmuRegister.CMDQ_CONS => _commandQueue.Consumer,
        SmmuRegister.EVENTQ_BASE => _eventQueue.Base,
        SmmuRegister.EVENTQ_PROD or RegisterFile.EVENTQ_PROD_IN_PAGE_0 => _eventQueue.Producer,
        SmmuRegister.EVENTQ_CONS or RegisterFile.EVENTQ_CONS_IN_PAGE_0 => _eventQueue.Consumer,
        _ => _registers.Read(register),
    };

    /// <summary>Writes a register. CMDQ_PROD runs the queue; EVENTQ_CONS retries stalls that found no place for their record.</summary>
    /// <param name="register">
    /// Which; writes to read-only and unknown registers are ignored, those to the place of a table or queue while it is in use too.
    /// </param>
    /// <param name="value">Its new value.</param>
    public void WriteRegister(SmmuRegister register, ulong value)
    {
        switch (register)
        {
            case SmmuRegister.STRTAB_BASE when !_translator.IsEnabled:
                StreamTable.Base = value;
                break;
            case SmmuRegister.STRTAB_BASE_CFG when !_translator.IsEnabled:
                StreamTable.Configuration = (uint)value;
                break;
            case SmmuRegister.CMDQ_BASE when !_commandQueue.IsEnabled:
                _commandQueue.Base = value;
                break;
            case SmmuRegister.CMDQ_PROD:
                _commandQueue.Producer = (uint)value;
                ProcessCommands();
                break;
            case SmmuRegister.CMDQ_CONS:
                _commandQueue.WriteConsumer((uint)value);
                break;
            case SmmuRegister.EVENTQ_BASE when !_eventQueue.IsEnabled:
                _eventQueue.Base = value;
                break;
            case SmmuRegister.EVENTQ_PROD or RegisterFile.EVENTQ_PROD_IN_PAGE_0:
                _eventQueue.WriteProducer((uint)value);
                break;
            case SmmuRegister.EVENTQ_CONS or RegisterFile.EVENTQ_CONS_IN_PAGE_0:
                _eventQueue.Consumer = (uint)value;
                _transactions.RetryUnrecorded();
                break;
            default:
                _registers.Write(register, value);
                ApplyControls();
                break;
        }
    }

    /// <summary>Consumes commands until the queue is empty, disabled or stopped by an error.</summary>
    public void ProcessCommands()
    {
        if (!_commands.Run())
        {
            return;
        }
        _registers.RaiseError(GlobalErrors.CommandQueue);
        if (_registers.Interrupts.HasFlag(SmmuInterrupts.GlobalError))
        {
            GlobalErrorInterrupt?.Invoke();
        }
    }

    /// <summary>The address that a stalled transaction waits for; a view for checkers.</summary>
    /// <param name="streamId">The transaction's stream ID.</param>
    /// <param name="tag">The stall tag.</param>
    /// <param name="isStage2">Whether stage 2 faulted.</param>
    /// <returns>The input address, to the byte, or the page of the IPA if stage 2 faulted; <see langword="null"/> without such a stall.</returns>
    public Iova? StalledAddress(uint streamId, uint tag, out bool isStage2)
    {
        bool isHeld = _stalls.TryPeek(streamId, (ushort)tag, out StalledTransaction stalled);
        isStage2 = isHeld && stalled.Ipa is not null;
        return !isHeld ? null : stalled.Ipa is { } ipa ? new Iova(ipa).PageStart : stalled.Request.Address;
    }

    /// <summary>Translates one transaction.</summary>
    /// <remarks>An abort or a stall has recorded its event, as the configuration asks, when this returns.</remarks>
    /// <param name="request">The transaction.</param>
    /// <param name="master">Who hears how it ends, if it stalls.</param>
    /// <param name="transaction">The master's number for it.</param>
    /// <param name="physicalAddress">Where it goes, to the byte; 0 unless completed.</param>
    /// <returns>What became of it.</returns>
    public DmaOutcome Translate(in DmaRequest request, IBusMaster master, int transaction, out ulong physicalAddress) =>
        _translator.TryHit(in request, out physicalAddress)
            ? DmaOutcome.Completed
            : _transactions.Accept(in request, master, transaction, out physicalAddress);

    /// <summary>Lets what the control registers say take effect.</summary>
    private void ApplyControls()
    {
        bool wasEnabled = _translator.IsEnabled;
        _translator.IsEnabled = _registers.Controls.HasFlag(SmmuControls.Translation);
        _translator.AbortsWhenDisabled = _registers.AbortsWhenDisabled;
        _translator.RecordsBadStreamIds = _registers.RecordsBadStreamIds;
        _events.IsInterruptEnabled = _registers.Interrupts.HasFlag(SmmuInterrupts.EventQueue);
        _eventQueue.IsEnabled = _registers.Controls.HasFlag(SmmuControls.EventQueue);
        _commandQueue.IsEnabled = _registers.Controls.HasFlag(SmmuControls.CommandQueue);
        if (wasEnabled && !_translator.IsEnabled)
        {
            _transactions.TerminateStalls();
        }
        if (_commandQueue.IsStopped && !_registers.IsErrorActive(GlobalErrors.CommandQueue))
        {
            _commandQueue.Restart();
        }
        _transactions.RetryUnrecorded();
        ProcessCommands();
    }
}
