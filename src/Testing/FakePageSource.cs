using Iopf.Iommu;
using Iopf.Kernel;
using Iopf.VfioType1;

namespace Iopf.Testing;

/// <summary>A source of pages that hands out made-up frames and keeps which of them are out; it is the residency as well.</summary>
/// <remarks>
/// A frame that is let go without having been handed out, or pages that are obtained with the wrong locks held, are an <see cref="InvariantViolationException"/>.
/// </remarks>
/// <param name="container">The container whose faults obtain pages.</param>
public sealed class FakePageSource(Type1Container container) : IPageSource, IPageResidency
{
    private readonly List<Pfn> _out = [];

    /// <summary>Called while pages are being obtained, with the number of the call, from 1.</summary>
    public Action<int>? Obtaining { get; set; }

    /// <summary>The first process address without a page behind it; all have one unless set.</summary>
    public UserAddress MissingFrom { get; set; } = new(ulong.MaxValue);

    /// <summary>Whether pages that are neighbours in the process lie apart in memory.</summary>
    public bool IsScattered { get; set; }

    /// <summary>Whether pages are obtained with the container lock held, as posted.</summary>
    public bool IsUnderLock { get; init; }

    /// <summary>What was asked for, oldest first.</summary>
    public List<(UserAddress First, int Count, IommuProt Access)> Asked { get; } = [];

    /// <summary>Frames that were neither returned nor mapped.</summary>
    public int OutCount => _out.Count;

    /// <summary>How many frames were returned without having been mapped.</summary>
    public int ReturnedCount { get; private set; }

    /// <summary>How many frames were mapped.</summary>
    public int MappedCount { get; private set; }

    /// <summary>The frame behind a process address.</summary>
    /// <param name="address">The address.</param>
    public Pfn FrameOf(UserAddress address) => new(0x1000 + (address.Value >> Page.Shift) * (IsScattered ? 2UL : 1));

    /// <inheritdoc/>
    public Result<int> Obtain(PageOwner owner, UserAddress first, IommuProt access, Memory<Pfn> frames)
    {
        Invariant.Hold(container.Lock.IsHeld == IsUnderLock && !container.PagesLock.IsHeld, "the container's locks are held as they should be while pages are obtained");
        Asked.Add((first, frames.Length, access));
        Obtaining?.Invoke(Asked.Count);
        int count = 0;
        while (count < frames.Length && first.PlusPages((ulong)count) < MissingFrom)
        {
            frames.Span[count] = FrameOf(first.PlusPages((ulong)count));
            _out.Add(frames.Span[count++]);
        }

        return count > 0 ? count : Errno.EFAULT;
    }

    /// <inheritdoc/>
    public void Return(PageOwner owner, ReadOnlyMemory<Pfn> frames)
    {
        ReturnedCount += frames.Length;
        TakeBack(frames.Span);
    }

    /// <inheritdoc/>
    public void AfterMap(DmaMapping mapping, ReadOnlyMemory<Pfn> frames)
    {
        MappedCount += frames.Length;
        TakeBack(frames.Span);
    }

    private void TakeBack(ReadOnlySpan<Pfn> frames)
    {
        foreach (Pfn frame in frames)
        {
            bool wasOut = _out.Remove(frame);
            Invariant.Hold(wasOut, "only an obtained frame is let go, and once");
        }
    }
}
