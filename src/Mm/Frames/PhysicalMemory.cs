using System.Runtime.CompilerServices;
using Iopf.Kernel;

namespace Iopf.Mm;

/// <summary>Host RAM and device memory: frames with reference and pin counts, and their contents.</summary>
/// <remarks>
/// Kernel: <c>mem_map</c> and the page allocator. A frame's number is its physical address divided by 4096; numbers below 0x100 are
/// never handed out. A freed frame waits behind <see cref="FreeFramesKept"/> others before it is reused, so that a stale translation
/// to it can be told from a true one for a while. Frames without a struct page, and the zero page, are not counted at all.
/// </remarks>
public class PhysicalMemory
{
    /// <summary>How many freed frames are held back from reuse.</summary>
    public const int FreeFramesKept = 1024;

    internal const int ChunkShift = 11;
    internal const ulong ChunkMask = (1UL << ChunkShift) - 1;

    private const ulong FramesPerHugePage = Page.Size / sizeof(ulong);

    private const ulong FirstFrame = 0x100;
    private const ulong LastFrame = (1UL << 36) - 1;

    private readonly FrameContents _contents = new();
    private readonly DeviceFrames _devices = new();
    private readonly Queue<ulong> _free = new();
    private readonly long[] _framesByUse = new long[(int)FrameUse.Device + 1];
    private ulong[]?[] _states = [];
    private ulong _noStructPage;
    private ulong _next = FirstFrame;
    private readonly HostKernel _kernel;
    private Pfn _hugeZero;

    /// <summary>Creates memory in which nothing but the zero page is used.</summary>
    /// <param name="kernel">The kernel it belongs to.</param>
    public PhysicalMemory(HostKernel kernel)
    {
        ArgumentNullException.ThrowIfNull(kernel);
        _kernel = kernel;
        ZeroPage = new Pfn(TakeNew(1, 1));
        StateOf(ZeroPage) = FrameState.Reserved(FrameUse.Zero);
        Swap = new SwapStore(_contents);
        PrivatePages = new PrivatePages(kernel, this);
    }

    /// <summary>The page of zeros that all untouched memory is read from; reserved, hence never counted.</summary>
    /// <remarks>Kernel: <c>ZERO_PAGE</c>.</remarks>
    public Pfn ZeroPage { get; }

    /// <summary>How many frames may be allocated at a time; one more fails with ENOMEM.</summary>
    public long FrameLimit { get; set; } = long.MaxValue;

    /// <summary>Whether a fault at the limit swaps out the private pages that were not used for longest, instead of failing with ENOMEM.</summary>
    /// <remarks>To be set while there is no private page yet. Other allocations never wait for reclaim.</remarks>
    public bool ReclaimsAtLimit
    {
        get => PrivatePages.AreAged;
        set => PrivatePages.AreAged = value;
    }

    /// <summary>How many frames are allocated; reserved ones do not count.</summary>
    public long AllocatedFrames { get; private set; }

    /// <summary>How many pins there are on all frames together.</summary>
    public long TotalPins { get; private set; }

    /// <summary>How many pages are swapped out.</summary>
    public int SwappedPages => Swap.Count;

    internal bool IsExhausted => AllocatedFrames >= FrameLimit;

    internal SwapStore Swap { get; }

    internal PrivatePages PrivatePages { get; }

    /// <summary>Allocates a frame of zeros with one reference.</summary>
    /// <remarks>Kernel: <c>alloc_page(GFP_KERNEL | __GFP_ZERO)</c>.</remarks>
    /// <param name="use">What it is for; neither free, zero nor device.</param>
    /// <param name="kind">What fails if there is none.</param>
    /// <returns>The frame; ENOMEM at the limit.</returns>
    public Result<Pfn> Allocate(FrameUse use, FailureKind kind = FailureKind.Allocate)
    {
        RequireCountedUse(use);
        if (IsExhausted || _kernel.Fails(kind))
        {
            return Errno.ENOMEM;
        }

        if (_free.Count <= FreeFramesKept || !_free.TryDequeue(out ulong frame))
        {
            frame = TakeNew(1, 1);
        }

        return MarkAllocated(frame, use);
    }

    /// <summary>Makes room as an allocation does that may reclaim: at the limit, the private page that was not used for longest is swapped out.</summary>
    /// <remarks>Kernel: direct reclaim of a <c>GFP_KERNEL</c> allocation; calls the notifiers of the page's owner.</remarks>
    public void ReclaimForKernel()
    {
        if (PrivatePages.AllocateByReclaim(FrameUse.Kernel).TryGet(out Pfn frame, out _))
        {
            Put(frame);
        }
    }

    /// <summary>Allocates adjacent frames of zeros with one reference each, aligned to their count rounded up to a power of two.</summary>
    /// <remarks>Kernel: <c>alloc_pages_exact</c>.</remarks>
    /// <param name="use">What they are for; neither free, zero nor device.</param>
    /// <param name="count">How many; at least 1.</param>
    /// <returns>The first frame; ENOMEM if the limit does not allow all of them.</returns>
    public virtual Result<Pfn> AllocateContiguous(FrameUse use, int count)
    {
        RequireCountedUse(use);
        Invariant.Hold(count > 0, "at least one frame is allocated");
        if (count > FrameLimit - AllocatedFrames || _kernel.Fails(FailureKind.Allocate))
        {
            return Errno.ENOMEM;
        }

        ulong first = TakeNew((ulong)count, System.Numerics.BitOperations.RoundUpToPowerOf2((ulong)count));
        for (int i = 0; i < count; i++)
        {
            MarkAllocated(first + (ulong)i, use);
        }

        return new Pfn(first);
    }

    /// <summary>Declares frames to be memory of a device: no struct page, never counted.</summary>
    /// <param name="first">The first frame; none of the range may ever have been RAM.</param>
    /// <param name="count">How many frames; at least 1.</param>
    public void RegisterDeviceFrames(Pfn first, ulong count)
    {
        Invariant.Hold(count > 0 && first.Value + count - 1 <= LastFrame, "device memory lies inside the physical address space");
        Invariant.Hold(first.Value >= _next || first.Value + count <= FirstFrame, "device memory does not lie in RAM");
        _devices.Add(first, count);
    }

    /// <summary>Adds a reference; nothing happens to a reserved frame.</summary>
    /// <remarks>Kernel: <c>get_page</c>.</remarks>
    /// <param name="frame">A frame in use.</param>
    public void Get(Pfn frame)
    {
        ref ulong state = ref StateOf(frame);
        if (FrameState.IsCounted(state))
        {
            FrameState.AddReference(ref state);
        }
    }

    /// <summary>Drops a reference; the last one frees the frame. Nothing happens to a reserved frame.</summary>
    /// <remarks>Kernel: <c>put_page</c>.</remarks>
    /// <param name="frame">A frame in use.</param>
    public virtual void Put(Pfn frame)
    {
        ref ulong state = ref StateOf(frame);
        if (FrameState.IsCounted(state) && FrameState.DropReference(ref state))
        {
            Free(frame.Value, ref state);
        }
    }

    /// <summary>Pins a frame, which counts as a reference too; nothing happens to a reserved frame.</summary>
    /// <remarks>Kernel: <c>try_grab_page</c> with <c>FOLL_PIN</c>.</remarks>
    /// <param name="frame">A frame in use.</param>
    public void Pin(Pfn frame)
    {
        ref ulong state = ref StateOf(frame);
        if (FrameState.IsCounted(state))
        {
            FrameState.AddPin(ref state);
            TotalPins++;
        }
    }

    /// <summary>Drops a pin; the last reference frees the frame. Nothing happens to a reserved frame.</summary>
    /// <remarks>Kernel: <c>unpin_user_pages_dirty_lock</c>.</remarks>
    /// <param name="frame">A pinned frame.</param>
    /// <param name="dirty">Whether the frame may have been written while it was pinned.</param>
    public virtual void Unpin(Pfn frame, bool dirty)
    {
        ref ulong state = ref StateOf(frame);
        if (!FrameState.IsCounted(state))
        {
            return;
        }

        if (dirty)
        {
            FrameState.SetDirty(ref state);
        }

        TotalPins--;
        if (FrameState.DropPin(ref state))
        {
            Free(frame.Value, ref state);
        }
    }

    /// <summary>How many references a frame has, pins included; 0 for free and for reserved frames.</summary>
    /// <param name="frame">Any frame.</param>
    /// <returns>The count.</returns>
    public int ReferenceCountOf(Pfn frame) => FrameState.ReferencesOf(StateOf(frame));

    /// <summary>How many pins a frame has.</summary>
    /// <param name="frame">Any frame.</param>
    /// <returns>The count.</returns>
    public int PinCountOf(Pfn frame) => FrameState.PinsOf(StateOf(frame));

    /// <summary>What a frame is used for.</summary>
    /// <param name="frame">Any frame.</param>
    /// <returns>Its use.</returns>
    public FrameUse UseOf(Pfn frame)
    {
        ulong state = StateOf(frame);
        return state == 0 && _devices.Contains(frame) ? FrameUse.Device : FrameState.UseOf(state);
    }

    /// <summary>Whether a frame has no struct page or is a reserved one: neither counted nor accounted.</summary>
    /// <remarks>Kernel: <c>is_invalid_reserved_pfn</c>.</remarks>
    /// <param name="frame">Any frame.</param>
    /// <returns>Whether it is.</returns>
    public virtual bool IsReserved(Pfn frame) => !FrameState.IsCounted(StateOf(frame));

    /// <summary>Whether a frame was written since it was last cleaned.</summary>
    /// <remarks>Kernel: <c>PageDirty</c>.</remarks>
    /// <param name="frame">Any frame.</param>
    /// <returns>Whether it was.</returns>
    public bool IsDirty(Pfn frame) => FrameState.IsDirty(StateOf(frame));

    /// <summary>How many frames are allocated for a use.</summary>
    /// <param name="use">The use.</param>
    /// <returns>The count.</returns>
    public long FramesUsedFor(FrameUse use) => _framesByUse[(int)use];

    /// <summary>What is in memory, for many reads at a time.</summary>
    public MemoryView View => _contents.View;

    /// <summary>Reads a 64-bit word; frames nobody wrote to, and free ones, read as zero.</summary>
    /// <param name="physicalAddress">A physical address that is a multiple of 8.</param>
    /// <returns>The word.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong ReadWord(ulong physicalAddress) => View.ReadWord(physicalAddress);

    /// <summary>Writes a 64-bit word.</summary>
    /// <param name="physicalAddress">A physical address that is a multiple of 8.</param>
    /// <param name="value">The word.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void WriteWord(ulong physicalAddress, ulong value)
    {
        ulong[]? words = _contents.Find(physicalAddress >> Page.Shift);
        if (words is not null || value != 0)
        {
            MemoryView.WordOf(words ?? Materialize(Pfn.OfAddress(physicalAddress)), physicalAddress) = value;
        }
    }

    /// <summary>The words of a frame from an address on, to be read and written in place while nobody frees the frame.</summary>
    /// <param name="physicalAddress">A physical address that is a multiple of 8; not in the zero page.</param>
    /// <returns>At least one word; the last one is the frame's last.</returns>
    public Span<ulong> WordsFrom(ulong physicalAddress) =>
        (_contents.Find(physicalAddress >> Page.Shift) ?? Materialize(Pfn.OfAddress(physicalAddress))).AsSpan((int)(physicalAddress >> 3) & 511);

    /// <summary>Reads bytes.</summary>
    /// <param name="physicalAddress">The physical address of the first byte.</param>
    /// <param name="destination">Receives the bytes.</param>
    public void Read(ulong physicalAddress, Span<byte> destination) => _contents.Read(physicalAddress, destination);

    /// <summary>Writes bytes.</summary>
    /// <param name="physicalAddress">The physical address of the first byte.</param>
    /// <param name="source">The bytes.</param>
    public void Write(ulong physicalAddress, ReadOnlySpan<byte> source)
    {
        Invariant.Hold(Pfn.OfAddress(physicalAddress) != ZeroPage, "nobody writes to the zero page");
        _contents.Write(physicalAddress, source);
    }

    internal ulong[]? WordsOf(Pfn frame) => _contents.Find(frame.Value);

    internal ulong[] Materialize(Pfn frame)
    {
        Invariant.Hold(frame != ZeroPage, "nobody writes to the zero page");
        return _contents.Materialize(frame.Value);
    }

    internal void CopyFrame(Pfn from, Pfn to) => _contents.Copy(from.Value, to.Value);

    internal void ClearFrame(Pfn frame) => _contents.Clear(frame.Value);

    internal void SetDirty(Pfn frame)
    {
        ref ulong state = ref StateOf(frame);
        if (FrameState.IsCounted(state))
        {
            FrameState.SetDirty(ref state);
        }
    }

    internal void SetClean(Pfn frame) => FrameState.SetClean(ref StateOf(frame));

    internal bool HasEqualContents(Pfn left, Pfn right) => _contents.AreEqual(left.Value, right.Value);

    /// <summary>The first of the adjacent, aligned frames of zeros that an untouched huge page is read from; reserved like the zero page.</summary>
    internal Pfn HugeZeroFrames()
    {
        if (_hugeZero == default)
        {
            _hugeZero = new Pfn(TakeNew(FramesPerHugePage, FramesPerHugePage));
            for (ulong i = 0; i < FramesPerHugePage; i++)
            {
                StateOf(_hugeZero.Plus(i)) = FrameState.Reserved(FrameUse.Zero);
            }
        }

        return _hugeZero;
    }

    private static void RequireCountedUse(FrameUse use) =>
        Invariant.Hold(use is not (FrameUse.Free or FrameUse.Zero or FrameUse.Device), "frames are allocated for memory, tables or the kernel");

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref ulong StateOf(Pfn frame)
    {
        ulong[]?[] states = _states;
        ulong chunk = frame.Value >> ChunkShift;
        if (chunk < (ulong)states.Length && states[chunk] is { } words)
        {
            return ref words[frame.Value & ChunkMask];
        }

        // Only counted frames are ever written through this reference.
        return ref _noStructPage;
    }

    private Pfn MarkAllocated(ulong frame, FrameUse use)
    {
        // A stale translation may have written to the frame while it was free.
        _contents.Clear(frame);
        StateOf(new Pfn(frame)) = FrameState.Allocated(use);
        AllocatedFrames++;
        _framesByUse[(int)use]++;
        return new Pfn(frame);
    }

    private void Free(ulong frame, ref ulong state)
    {
        AllocatedFrames--;
        _framesByUse[(int)FrameState.UseOf(state)]--;
        PrivatePages.Forget(frame);
        state = FrameState.Free;
        _contents.Clear(frame);
        _free.Enqueue(frame);
    }

    private ulong TakeNew(ulong count, ulong alignment)
    {
        ulong first = (_next + alignment - 1) & ~(alignment - 1);
        while (_devices.FindIn(first, count) is { } device)
        {
            first = (device.First.Value + device.Count + alignment - 1) & ~(alignment - 1);
        }

        Invariant.Hold(first + count - 1 <= LastFrame, "RAM lies inside the physical address space");
        EnsureStates(first + count - 1);
        for (ulong skipped = _next; skipped < first; skipped++)
        {
            SetAside(skipped);
        }

        _next = first + count;
        return first;
    }

    private void SetAside(ulong skipped)
    {
        if (!_devices.Contains(new Pfn(skipped)))
        {
            StateOf(new Pfn(skipped)) = FrameState.Free;
            _free.Enqueue(skipped);
        }
    }

    private void EnsureStates(ulong lastFrame)
    {
        int chunkCount = (int)(lastFrame >> ChunkShift) + 1;
        if (chunkCount > _states.Length)
        {
            Array.Resize(ref _states, Math.Max(chunkCount, _states.Length * 2));
            _contents.GrowTo(_states.Length);
        }

        for (int chunk = (int)(_next >> ChunkShift); chunk < chunkCount; chunk++)
        {
            _states[chunk] ??= new ulong[ChunkMask + 1];
        }
    }
}
