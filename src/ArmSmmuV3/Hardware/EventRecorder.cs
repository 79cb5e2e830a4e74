using Iopf.Kernel;

namespace Iopf.ArmSmmuV3.Hardware;

/// <summary>Turns faults into records of the event queue. Stall records are never lost: they wait for a slot.</summary>
/// <remarks>Arm IHI 0070, sections 3.5.3, 3.12 and 7.</remarks>
/// <param name="kernel">Trace.</param>
/// <param name="queue">The event queue.</param>
/// <param name="stalls">What the records of stalls speak of.</param>
/// <param name="hardware">Whose name and interrupt line to use.</param>
/// <param name="reportsClass">Whether records carry CLASS.</param>
internal sealed class EventRecorder(HostKernel kernel, EventQueue queue, StallBuffer stalls, SmmuHardware hardware, bool reportsClass)
{
    private readonly EventRecord[] _postponed = new EventRecord[stalls.SlotCount];
    private int _firstPostponed;
    private int _postponedCount;

    /// <summary>IRQ_CTRL.EVENTQ_IRQEN.</summary>
    public bool IsInterruptEnabled { get; set; }

    /// <summary>Records the fault of a terminated transaction, or loses it when the queue is full.</summary>
    public void Record(in DmaRequest request, in TranslationFault fault)
    {
        EventRecord record = Build(in request, in fault, stallBits: 0);
        if (queue.IsWritable)
        {
            Write(in record);
            return;
        }
        queue.Lose();
        kernel.Step(TraceLayer.Smmu, "event", hardware.Name, request.Address, $"{record.Type} lost, sid 0x{record.StreamId:x}");
    }

    /// <summary>Records a stall, now or when the queue has a slot.</summary>
    public void RecordStall(in DmaRequest request, in TranslationFault fault, ushort tag)
    {
        EventRecord record = Build(in request, in fault, EventRecord.StallBit | tag);
        if (queue.IsWritable && _postponedCount == 0)
        {
            Announce(in record);
            return;
        }
        _postponed[(_firstPostponed + _postponedCount) % _postponed.Length] = record;
        _postponedCount++;
        kernel.Step(TraceLayer.Smmu, "event", hardware.Name, request.Address, $"{record.Type} of stag 0x{tag:x} waits for a free record");
    }

    /// <summary>Writes waiting stall records while there are free slots.</summary>
    public void RecordPostponed()
    {
        while (_postponedCount != 0 && queue.IsWritable)
        {
            EventRecord record = _postponed[_firstPostponed];
            _firstPostponed = (_firstPostponed + 1) % _postponed.Length;
            _postponedCount--;
            Announce(in record);
        }
    }

    /// <summary>Forgets the waiting records of a stream whose stalls were ended.</summary>
    public void ForgetPostponed(uint streamId)
    {
        for (int remaining = _postponedCount; remaining != 0; remaining--)
        {
            EventRecord record = _postponed[_firstPostponed];
            _firstPostponed = (_firstPostponed + 1) % _postponed.Length;
            _postponedCount--;
            if (record.StreamId != streamId)
            {
                _postponed[(_firstPostponed + _postponedCount) % _postponed.Length] = record;
                _postponedCount++;
            }
        }
    }

    private void Announce(in EventRecord record)
    {
        stalls.Announce(record.StallTag);
        Write(in record);
    }

    private void Write(in EventRecord record)
    {
        bool wasEmpty = queue.Write(in record);
        kernel.Step(
            TraceLayer.Smmu,
            "event",
            hardware.Name,
            new Iova(record.InputAddress),
            $"{record.Type} recorded, sid 0x{record.StreamId:x}, stall {record.IsStall}");
        if (wasEmpty && IsInterruptEnabled)
        {
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
