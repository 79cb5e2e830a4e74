using Iopf.Mm;

namespace Iopf.ArmSmmuV3.Hardware;

/// <summary>The SMMU's side of the command queue: it consumes.</summary>
/// <remarks>Arm IHI 0070, sections 3.5 and 7.1.</remarks>
/// <param name="memory">Where the queue is.</param>
/// <param name="options">Its largest size, and the width of an address.</param>
internal sealed class CommandQueue(PhysicalMemory memory, SmmuHardwareOptions options)
{
    private const int ErrorShift = 24;
    private const uint ErrorMask = 0x7fu << ErrorShift;
    private const uint IllegalCommand = 1;

    private ulong _base;
    private QueuePlace _place;

    /// <summary>CMDQ_BASE.</summary>
    public ulong Base
    {
        get => _base;
        set
        {
            _base = value;
            _place = new QueuePlace(value, options.CommandQueueLog2Size, entryLog2: 4, options.OutputAddressBits);
        }
    }

    /// <summary>CMDQ_PROD.</summary>
    public uint Producer { get; set; }

    /// <summary>CMDQ_CONS, with ERR in 30:24.</summary>
    public uint Consumer { get; private set; }

    /// <summary>CR0.CMDQEN.</summary>
    public bool IsEnabled { get; set; }

    /// <summary>Whether an illegal command stopped it.</summary>
    public bool IsStopped { get; private set; }

    /// <summary>Takes over the driver's value of CMDQ_CONS; only a disabled queue does.</summary>
    public void WriteConsumer(uint value) => Consumer = IsEnabled ? Consumer : value;

    /// <summary>Reads the oldest command.</summary>
    /// <returns>Whether there is one and it may be consumed.</returns>
    public bool TryPeek(out SmmuCommand command)
    {
        if (!IsEnabled || IsStopped || _place.Index.IsEmpty(Producer, Consumer))
        {
            command = default;
            return false;
        }
        ulong address = _place.Address + (_place.Index.SlotOf(Consumer) * (ulong)SmmuCommand.SizeBytes);
        command = new SmmuCommand(memory.ReadWord(address), memory.ReadWord(address + 8));
        return true;
    }

    /// <summary>Consumes the oldest command.</summary>
    public void Advance() => Consumer = _place.Index.Next(Consumer);

    /// <summary>Stops at the oldest command because it is illegal (CERROR_ILL).</summary>
    public void StopAtIllegalCommand()
    {
        Consumer = (Consumer & ~ErrorMask) | (IllegalCommand << ErrorShift);
        IsStopped = true;
    }

    /// <summary>Goes on at the same command after the driver acknowledged the error.</summary>
    public void Restart()
    {
        Consumer &= ~ErrorMask;
        IsStopped = false;
    }
}
