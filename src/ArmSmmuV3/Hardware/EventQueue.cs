using Iopf.Mm;

namespace Iopf.ArmSmmuV3.Hardware;

/// <summary>The SMMU's side of the event queue: it produces.</summary>
/// <remarks>Arm IHI 0070, sections 3.5 and 7.2.</remarks>
/// <param name="memory">Where the queue is.</param>
/// <param name="options">Its largest size, and the width of an address.</param>
internal sealed class EventQueue(PhysicalMemory memory, SmmuHardwareOptions options)
{
    private const uint OverflowFlag = 1u << 31;

    private ulong _base;
    private QueuePlace _place;

    /// <summary>EVENTQ_BASE.</summary>
    public ulong Base
    {
        get => _base;
        set
        {
            _base = value;
            _place = new QueuePlace(value, options.EventQueueLog2Size, entryLog2: 5, options.OutputAddressBits);
        }
    }

    /// <summary>EVENTQ_PROD, with OVFLG.</summary>
    public uint Producer { get; private set; }

    /// <summary>EVENTQ_CONS, with OVACKFLG.</summary>
    public uint Consumer { get; set; }

    /// <summary>CR0.EVENTQEN.</summary>
    public bool IsEnabled { get; set; }

    /// <summary>Whether every record was read.</summary>
    public bool IsEmpty => _place.Index.IsEmpty(Producer, Consumer);

    /// <summary>Whether a record can be written.</summary>
    public bool IsWritable => IsEnabled && !_place.Index.IsFull(Producer, Consumer);

    /// <summary>Takes over the driver's value of EVENTQ_PROD; only a disabled queue does.</summary>
    public void WriteProducer(uint value) => Producer = IsEnabled ? Producer : value;

    /// <summary>Writes a record into a free slot.</summary>
    /// <returns>Whether the queue was empty before.</returns>
    public bool Write(in EventRecord record)
    {
        bool wasEmpty = IsEmpty;
        ulong address = _place.Address + (_place.Index.SlotOf(Producer) * (ulong)EventRecord.SizeBytes);
        memory.WriteWord(address, record.Word0);
        memory.WriteWord(address + 8, record.Word1);
        memory.WriteWord(address + 16, record.Word2);
        memory.WriteWord(address + 24, record.Word3);
        Producer = _place.Index.Next(Producer);
        return wasEmpty;
    }

    /// <summary>Loses a record; the overflow flag toggles unless an earlier overflow is not acknowledged yet.</summary>
    public void Lose()
    {
        if (IsEnabled && ((Producer ^ Consumer) & OverflowFlag) == 0)
        {
            Producer ^= OverflowFlag;
        }
    }
}
