using Iopf.Kernel;
using Iopf.Mm;

namespace Iopf.Replay.Posted;

/// <summary>The frames of the recorder: numbered from 4096 on, never used again, with a count of pins.</summary>
internal sealed class RecordedMemory(HostKernel kernel, RecordedKnobs knobs) : PhysicalMemory(kernel)
{
    private const ulong ProbeFrame = 65520;
    private readonly SortedDictionary<ulong, int> _pins = [];
    private readonly HashSet<ulong> _reserved = [];
    private ulong _sinceSkip;

    /// <summary>The frame that is handed out next.</summary>
    public ulong NextFrame { get; private set; } = 4096;

    /// <summary>The frames that are pinned, each with its count.</summary>
    public IReadOnlyDictionary<ulong, int> PinCounts => _pins;

    /// <summary>Hands out a frame.</summary>
    /// <returns>Its number.</returns>
    public ulong Take()
    {
        ulong frame = NextFrame++;
        if (knobs.AllocationRun > 0 && ++_sinceSkip == knobs.AllocationRun)
        {
            NextFrame++;
            _sinceSkip = 0;
        }

        return frame;
    }

    /// <summary>Starts counting allocations anew until one is skipped.</summary>
    public void RestartRun() => _sinceSkip = 0;

    /// <summary>Declares frames to be without a struct page.</summary>
    /// <param name="frame">The frame.</param>
    public void Reserve(ulong frame) => _reserved.Add(frame);

    /// <summary>Pins a frame.</summary>
    /// <param name="frame">The frame.</param>
    public void Hold(ulong frame) => _pins[frame] = _pins.GetValueOrDefault(frame) + 1;

    /// <inheritdoc/>
    public override Result<Pfn> AllocateContiguous(FrameUse use, int count) => new Pfn(ProbeFrame);

    /// <inheritdoc/>
    public override void Put(Pfn frame)
    {
        // Frames are never used again, so nothing becomes of one that nobody refers to.
    }

    /// <inheritdoc/>
    public override bool IsReserved(Pfn frame) => _reserved.Contains(frame.Value);

    /// <inheritdoc/>
    public override void Unpin(Pfn frame, bool dirty)
    {
        int pins = _pins.GetValueOrDefault(frame.Value);
        if (pins > 1)
        {
            _pins[frame.Value] = pins - 1;
        }
        else
        {
            _pins.Remove(frame.Value);
        }
    }
}
