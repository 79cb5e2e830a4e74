using Iopf.Kernel;

namespace Iopf.ArmSmmuV3.Hardware;

/// <summary>Decides what becomes of a transaction that did not hit: it goes on, ends, or stalls until a command ends the stall.</summary>
/// <remarks>
/// Arm IHI 0070, sections 3.12, 3.14 and 7.2.1. While every slot is taken, transactions that would stall wait in front of the SMMU,
/// unrecorded, in their order; each stall that ends lets the oldest try again. Later ones queue behind them even if a slot is free.
/// A stall whose record finds no place is retried when the event queue is writable again, and only then recorded if it still faults.
/// </remarks>
/// <param name="kernel">Trace.</param>
/// <param name="translator">Translates.</param>
/// <param name="stalls">Holds stalled transactions.</param>
/// <param name="events">Records faults.</param>
/// <param name="name">The SMMU's name in the trace.</param>
internal sealed class TransactionControl(HostKernel kernel, Translator translator, StallBuffer stalls, EventRecorder events, string name)
{
    private readonly Queue<StalledTransaction> _waiting = new(stalls.SlotCount);
    private readonly Queue<ushort> _unrecorded = new(stalls.SlotCount);

    /// <summary>How many transactions wait in front of the SMMU.</summary>
    public int WaitingCount => _waiting.Count;

    /// <summary>Translates a new transaction.</summary>
    public DmaOutcome Accept(in DmaRequest request, IBusMaster master, int transaction, out ulong physicalAddress)
    {
        if (translator.Translate(in request, out physicalAddress, out TranslationFault fault))
        {
            return DmaOutcome.Completed;
        }
        if (request.IsSpeculative)
        {
            kernel.Step(TraceLayer.Smmu, "speculation", name, request.Address, $"transaction {transaction} ends in silence: {fault.Type}");
            return DmaOutcome.Aborted;
        }
        if (fault.Stalls && (stalls.IsFull || _waiting.Count != 0))
        {
            _waiting.Enqueue(new StalledTransaction(request, master, transaction));
            kernel.Step(TraceLayer.Smmu, "stall", name, request.Address, $"no free slot: transaction {transaction} waits outside");
            return DmaOutcome.Stalled;
        }
        return End(new StalledTransaction(request, master, transaction), in fault);
    }

    /// <summary>Executes CMD_RESUME; without effect if nothing of that stream is stalled under that tag.</summary>
    public void Resume(in SmmuCommand command)
    {
        if (!stalls.TryRelease(command.StreamId, command.StallTag, out StalledTransaction stalled))
        {
            kernel.Step(TraceLayer.Smmu, "resume", name, null, $"no stall with sid 0x{command.StreamId:x}, stag 0x{command.StallTag:x}");
            return;
        }
        kernel.Step(
            TraceLayer.Smmu,
            "resume",
            name,
            stalled.Request.Address,
            new TracePoint(TracePointKind.Resume) { StreamId = command.StreamId, Tag = command.StallTag },
            $"{command.Action} sid 0x{command.StreamId:x}, stag 0x{command.StallTag:x}");
        switch (command.Action)
        {
            case ResumeAction.Retry:
                Retry(in stalled);
                break;
            case ResumeAction.Terminate:
                stalled.Master.Completed(stalled.Transaction, physicalAddress: 0);
                break;
            default:
                stalled.Master.Aborted(stalled.Transaction);
                break;
        }
        AdmitWaiting();
    }

    /// <summary>Executes CMD_STALL_TERM: aborts every stalled transaction of a stream.</summary>
    public void TerminateStalls(uint streamId) => Terminate(streamId);

    /// <summary>Aborts every stalled transaction, as clearing SMMUEN does; those that wait outside meet an SMMU that is off.</summary>
    public void TerminateStalls() => Terminate(streamId: null);

    /// <summary>Retries the stalls that have no record yet while the event queue has a place for one.</summary>
    public void RetryUnrecorded()
    {
        while (_unrecorded.Count != 0 && events.CanRecord)
        {
            if (stalls.TryReleaseUnrecorded(_unrecorded.Dequeue(), out StalledTransaction stalled))
            {
                Retry(in stalled);
                AdmitWaiting();
            }
        }
    }

    private void Terminate(uint? streamId)
    {
        // Marked before the first one is ended: its master may start a transaction that stalls anew, which lives on.
        stalls.Mark(streamId);
        for (int slot = 0; slot < stalls.SlotCount; slot++)
        {
            if (stalls.TryReleaseMarked(slot, out StalledTransaction stalled))
            {
                stalled.Master.Aborted(stalled.Transaction);
            }
        }
        AdmitWaiting();
    }

    private void AdmitWaiting()
    {
        while (!stalls.IsFull && _waiting.TryDequeue(out StalledTransaction oldest))
        {
            Retry(in oldest);
        }
    }

    private void Retry(in StalledTransaction stalled)
    {
        DmaRequest request = stalled.Request;
        if (translator.Translate(in request, out ulong physicalAddress, out TranslationFault fault))
        {
            // A DeviceEngine, whose Issue waits in RunReady for the end of this transaction.
            stalled.Master.Completed(stalled.Transaction, physicalAddress);
            return;
        }
        switch (End(in stalled, in fault))
        {
            case DmaOutcome.Aborted:
                stalled.Master.Aborted(stalled.Transaction);
                break;
            case DmaOutcome.ReadAsZeroWriteIgnored:
                stalled.Master.Completed(stalled.Transaction, physicalAddress: 0);
                break;
            default:
                break;
        }
    }

    /// <summary>Stalls or terminates a transaction that faulted, and records why.</summary>
    private DmaOutcome End(in StalledTransaction faulted, in TranslationFault fault)
    {
        DmaRequest request = faulted.Request;
        if (fault.Stalls)
        {
            ushort tag = stalls.Hold(faulted with { Ipa = fault.IsStage2 ? fault.Ipa : null });
            TracePoint point = new(TracePointKind.Stall) { StreamId = request.StreamId, Tag = tag, IsWrite = request.IsWrite };
            kernel.Step(TraceLayer.Smmu, "stall", name, request.Address, in point, $"transaction {faulted.Transaction} stalls, stag 0x{tag:x}");
            Record(in request, in fault, tag);
            return DmaOutcome.Stalled;
        }
        if (fault.Type != 0 && fault.IsRecorded)
        {
            events.Record(in request, in fault);
        }
        return fault.Aborts ? DmaOutcome.Aborted : DmaOutcome.ReadAsZeroWriteIgnored;
    }

    private void Record(in DmaRequest request, in TranslationFault fault, ushort tag)
    {
        if (!events.CanRecord)
        {
            _unrecorded.Enqueue(tag);
            kernel.Step(TraceLayer.Smmu, "event", name, request.Address, $"{fault.Type} of stag 0x{tag:x} waits for a free record");
            return;
        }

        // Before the record is visible: its reader may answer at once.
        stalls.MarkRecorded(tag);
        events.RecordStall(in request, in fault, tag);
    }
}
