using Iopf.Iommu;
using Iopf.Kernel;

namespace Iopf.VfioType1.Tests.FaultHandling;

/// <summary>
/// Hands out made-up frames and counts those that are out: no frame comes back that was not handed out, and none is asked for under the
/// container's locks. It is the residency too, and keeps what is mapped.
/// </summary>
internal sealed class FakePageSource(Type1Container container) : IPageSource, IPageResidency
{
    private readonly List<Pfn> _out = [];

    /// <summary>Called while the pages are being obtained, with the number of the call from 1.</summary>
    public Action<int>? Obtaining { get; set; }

    /// <summary>The first address without a page behind it.</summary>
    public UserAddress MissingFrom { get; set; } = new(ulong.MaxValue);

    /// <summary>Whether neighbours in the process lie apart in memory.</summary>
    public bool IsScattered { get; set; }

    /// <summary>Whether pages are obtained with the container lock held, as posted.</summary>
    public bool IsUnderLock { get; init; }

    /// <summary>What was asked for, in order.</summary>
    public List<(UserAddress First, int Count, IommuProt Access)> Asked { get; } = [];

    /// <summary>Frames that were neither returned nor mapped.</summary>
    public int OutCount => _out.Count;

    public int ReturnedCount { get; private set; }

    public int MappedCount { get; private set; }

    public Pfn FrameOf(UserAddress address) => new(0x1000 + (address.Value >> Page.Shift) * (IsScattered ? 2UL : 1));

    public Result<int> Obtain(DmaMapping mapping, UserAddress first, IommuProt access, Memory<Pfn> frames)
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

    public void Return(DmaMapping mapping, ReadOnlyMemory<Pfn> frames)
    {
        ReturnedCount += frames.Length;
        TakeBack(frames.Span);
    }

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
