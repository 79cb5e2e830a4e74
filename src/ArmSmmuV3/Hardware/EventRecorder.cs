using Iopf.Kernel;

namespace Iopf.ArmSmmuV3.Hardware;

/// <summary>Turns faults into records of the event queue.</summary>
/// <remarks>
/// Arm IHI 0070, sections 3.5.3, 7.2 and 7.3. Where the STE allows it (MEV), a terminated fault is merged with the newest record if
/// that is identical and still unread; records of stalls never are.
/// </remarks>
/// <param name="kernel">Trace.</param>
/// <param name="queue">The event queue.</param>
/// <param name="hardware">Whose name and interrupt line to use.</param>
/// <param name="reportsClass">Whether records carry CLASS.</param>
internal sealed class EventRecorder(HostKernel kernel, EventQueue queue, SmmuHardware hardware, bool reportsClass)
{
    private EventRecord _newest;

    /// <summary>IRQ_CTRL.EVENTQ_IRQEN.</summary>
    public bool IsInterruptEnabled { get; set; }

    /// <summary>Whether the queue has a place for a record.</summary>
    public bool CanRecord => queue.IsWritable;

    /// <summary>Records the fault of a terminated transaction, or loses it when the queue is full.</summary>
    public void Record(in DmaRequest request, in TranslationFault fault)
    {
        EventRecord record = Build(in request, in fault, stallBits: 0);
        if (fault.MayMerge && record == _newest && !queue.IsEmpty)
        {
            kernel.Step(TraceLayer.Smmu, "event", hardware.Name, request.Address, $"{record.Type} merged, sid 0x{record.StreamId:x}");
            return;
        }
        if (queue.IsWritable)
        {
            Write(in record);
            return;
        }
        queue.Lose();
        kernel.Step(TraceLayer.Smmu, "event", hardware.Name, request.Address, $"{record.Type} lost, sid 0x{record.StreamId:x}");
    }

    /// <summary>Records a stall; the queue must have a place.</summary>
    public void RecordStall(in DmaRequest request, in TranslationFault fault, ushort tag)
    {
        kernel.SpendStage(CostStage.Record);
        Write(Build(in request, in fault, EventRecord.StallBit | tag));
    }

    private void Write(in EventRecord record)
    {
        bool wasEmpty = queue.Write(in record);
        _newest = record;
        kernel.Step(
            TraceLayer.Smmu,
            "event",
            hardware.Name,
            new Iova(record.InputAddress),
            new TracePoint(TracePointKind.EventRecorded) { StreamId = record.StreamId, Tag = record.IsStall ? record.StallTag : null },
            $"{record.Type} recorded, sid 0x{record.StreamId:x}{(record.IsStall ? ", stalled" : "")}");
        if (wasEmpty && IsInterruptEnabled)
        {
            // SmmuReset has wired the line to EventThread.Interrupt.
            hardware.EventInterrupt?.Invoke();
        }
    }

    private EventRecord Build(in DmaRequest request, in TranslationFault fault, ulong stallBits)
    {
        ulong word0 = (ulong)fault.Type | ((ulong)request.StreamId << 32);
        if (request.SubstreamId is uint substream)
        {
            word0 |= EventRecord.SubstreamValidBit | ((ulong)substream << 12);
        }
        if (!fault.IsTranslationRelated)
        {
            return new EventRecord(word0, 0, 0, fault.Ipa);
        }
        ulong word1 = stallBits;
        word1 |= (fault.Access & AccessRights.AnyPrivileged) != 0 ? EventRecord.PrivilegedBit : 0;
        word1 |= (fault.Access & AccessRights.AnyExecute) != 0 ? EventRecord.InstructionBit : 0;
        word1 |= request.IsWrite ? 0 : EventRecord.ReadBit;
        word1 |= fault.IsStage2 ? EventRecord.Stage2Bit : 0;
        word1 |= reportsClass ? (ulong)fault.Class << EventRecord.ClassShift : 0;
        return new EventRecord(word0, word1, request.Address.Value, fault.Ipa & EventRecord.IpaMask);
    }
}
