using Iopf.Mm;

namespace Iopf.ArmSmmuV3.Hardware;

/// <summary>The SMMU's side of the event queue: it produces.</summary>
/// <remarks>Arm IHI 0070, sections 3.5 and 7.2.</remarks>
/// <param name="memory">Where the queue is.</param>
/// <param name="sizeLog2Max">log2 of its largest size.</param>
internal sealed class EventQueue(PhysicalMemory memory, int sizeLog2Max)
{
    private const uint OverflowFlag = 1u << 31;

    private static readonly BitField BaseAddress = new(51, 5);
    private ulong _base;
    private QueueIndex _index = new(0);

    /// <summary>EVENTQ_BASE.</summary>
    public ulong Base
    {
        get => _base;
        set
        {
            _base = value;
            _index = new QueueIndex(Math.Min((int)(value & 0x1f), sizeLog2Max));
        }
    }

    /// <summary>EVENTQ_PROD, with OVFLG.</summary>
    public uint Producer { get; private set; }

    /// <summary>EVENTQ_CONS, with OVACKFLG.</summary>
    public uint Consumer { get; set; }

    /// <summary>CR0.EVENTQEN.</summary>
    public bool IsEnabled { get; set; }

    /// <summary>Whether a record can be written.</summary>
    public bool IsWritable => IsEnabled && !_index.IsFull(Producer, Consumer);

    /// <summary>Takes over the driver's value of EVENTQ_PROD; only a disabled queue does.</summary>
    public void WriteProducer(uint value) => Producer = IsEnabled ? Producer : value;

    /// <summary>Writes a record into a free slot.</summary>
    /// <returns>Whether the queue was empty before.</returns>
    public bool Write(in EventRecord record)
    {
        bool wasEmpty = _index.IsEmpty(Producer, Consumer);
        ulong address = BaseAddress.InPlace(_base) + (_index.SlotOf(Producer) * (ulong)EventRecord.SizeBytes);
        memory.WriteWord(address, record.Word0);
        memory.WriteWord(address + 8, record.Word1);
        memory.WriteWord(address + 16, record.Word2);
        memory.WriteWord(address + 24, record.Word3);
        Producer = _index.Next(Producer);
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
