using Iopf.ArmSmmuV3.Hardware;
using Iopf.Mm;

namespace Iopf.ArmSmmuV3.Driver;

/// <summary>The driver's end of the event queue, with its own copy of both indices.</summary>
/// <remarks>Kernel: <c>queue_remove_raw</c>, <c>queue_sync_prod_in</c>, <c>queue_sync_cons_out</c>.</remarks>
internal sealed class EventQueueReader(PhysicalMemory memory, SmmuHardware hardware, QueueMemory queue)
{
    // OVFLG of the producer index, OVACKFLG of the consumer index.
    private const uint OverflowFlag = 1u << 31;

    private readonly QueueIndex _index = new(queue.Shift);
    private uint _producer;
    private uint _consumer;

    /// <summary>Whether the records known about are all taken.</summary>
    internal bool IsEmpty => _index.IsEmpty(_producer, _consumer);

    /// <summary>Whether the SMMU has written records that were not taken yet.</summary>
    internal bool HasRecords => !_index.IsEmpty((uint)hardware.ReadRegister(SmmuRegister.EVENTQ_PROD), _consumer);

    /// <summary>Takes the oldest record and frees its slot at once, before anybody handles it.</summary>
    /// <param name="record">The record.</param>
    /// <returns>Whether there was one.</returns>
    internal bool TryTake(out EventRecord record)
    {
        if (IsEmpty)
        {
            record = default;
            return false;
        }

        ulong slot = queue.Address + _index.SlotOf(_consumer) * (ulong)EventRecord.SizeBytes;
        record = new EventRecord(
            memory.ReadWord(slot),
            memory.ReadWord(slot + 8),
            memory.ReadWord(slot + 16),
            memory.ReadWord(slot + 24));
        _consumer = _index.Next(_consumer);
        hardware.WriteRegister(SmmuRegister.EVENTQ_CONS, _consumer);
        return true;
    }

    /// <summary>Learns how far the SMMU has got.</summary>
    /// <returns>Whether the overflow flag changed: records were lost.</returns>
    internal bool FetchProducer()
    {
        uint producer = (uint)hardware.ReadRegister(SmmuRegister.EVENTQ_PROD);
        bool overflowed = ((producer ^ _producer) & OverflowFlag) != 0;
        _producer = producer;
        return overflowed;
    }

    /// <summary>Takes the overflow flag over; the SMMU learns of it with the next record that is taken.</summary>
    internal void AcknowledgeOverflow() =>
        _consumer = (_consumer & ~OverflowFlag) | (_producer & OverflowFlag);
}
