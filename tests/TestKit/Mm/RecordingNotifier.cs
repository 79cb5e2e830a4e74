using Iopf.Kernel;
using Iopf.Mm;

namespace Iopf.TestKit.Mm;

/// <summary>A notifier that remembers every callback and the locks it ran under.</summary>
public sealed class RecordingNotifier : MmuNotifier
{
    public List<NotifierCall> Calls { get; } = [];

    /// <summary>Called after a callback was recorded.</summary>
    public Action<NotifierCall>? Called { get; set; }

    /// <summary>What start calls answer that may not block.</summary>
    public Errno NonBlockableAnswer { get; set; }

    public string Names => string.Join(" ", Calls.Select(call => call.Name));

    /// <summary>Callbacks with the locks they ran under, for example <c>start(mmap) invalidate(mmap ptl)</c>.</summary>
    public string NamesWithLocks => string.Join(" ", Calls.Select(call => $"{call.Name}({call.Locks})"));

    public static RecordingNotifier On(AddressSpace mm)
    {
        RecordingNotifier notifier = new();
        Errno error = mm.RegisterNotifier(notifier);
        Invariant.Hold(error == Errno.None, "a test's notifier is registered");
        return notifier;
    }

    public override Errno InvalidateRangeStart(AddressSpace mm, in InvalidationRange range)
    {
        Record("start", mm, range.Range, range);
        return range.IsBlockable ? Errno.None : NonBlockableAnswer;
    }

    public override void InvalidateRangeEnd(AddressSpace mm, in InvalidationRange range) => Record("end", mm, range.Range, range);

    public override void InvalidateRange(AddressSpace mm, UserRange range) => Record("invalidate", mm, range, null);

    public override void ChangePte(AddressSpace mm, UserAddress page, Pfn frame) =>
        Record("change_pte", mm, UserRange.OfPages(page, 1), null);

    public override void Release(AddressSpace mm) => Record("release", mm, UserRange.All, null);

    private void Record(string name, AddressSpace mm, UserRange range, InvalidationRange? announced)
    {
        string locks = string.Join(" ", new[] { (mm.MmapLock.IsHeld, "mmap"), (mm.IsRmapLockHeld(range.First), "rmap"), (mm.PageTableLock.IsHeld, "ptl") }
            .Where(held => held.Item1).Select(held => held.Item2));
        NotifierCall call = new(name, range, announced, locks, mm.FrameAt(range.First));
        Calls.Add(call);
        Called?.Invoke(call);
    }
}
