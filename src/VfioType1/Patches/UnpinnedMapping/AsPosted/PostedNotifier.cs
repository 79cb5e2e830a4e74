using Iopf.Kernel;
using Iopf.Mm;

namespace Iopf.VfioType1.Patches.UnpinnedMapping;

/// <summary>Patch 3 as posted: one callback, under iommu-&gt;lock.</summary>
/// <remarks>
/// Kernel: <c>mn_invalidate_range</c>. It stands in for <see cref="MappedPagesNotifier"/> when an erratum of the notifier's kind and locking is on: it
/// takes the lock that the fault handler and every ioctl hold while they allocate and obtain pages (E23 to E26, E32), is not told that it may not
/// block (E29), and is called under the page-table lock when E27 is on, after the entries were cleared, and before that otherwise.
/// </remarks>
internal sealed class PostedNotifier(HostKernel kernel, Type1Container container, MappedPagesNotifier takesAway) : MmuNotifier
{
    private const string Function = "mn_invalidate_range";

    /// <summary>The defects of its kind and of its locking: it is put in when one of them is on.</summary>
    public static ErrataSet Errata { get; } = ErrataSet.Of(
        Erratum.E19, Erratum.E20, Erratum.E23, Erratum.E24, Erratum.E25, Erratum.E26, Erratum.E27, Erratum.E29, Erratum.E30, Erratum.E32);

    // The wait itself (E30), and what follows when it ends badly.
    private static readonly ErrataSet Waiting = ErrataSet.Of(Erratum.E19, Erratum.E20, Erratum.E30);

    public override Errno InvalidateRangeStart(AddressSpace mm, in InvalidationRange range)
    {
        if (kernel.IsPosted(Erratum.E27))
        {
            return Errno.None;
        }

        // Nobody asks whether it may block.
        if (!range.IsBlockable && !kernel.IsPosted(Erratum.E29))
        {
            return InvalidateWithoutBlocking(mm, in range);
        }

        Invalidate(mm, range.Range, begins: true);
        return Errno.None;
    }

    public override void InvalidateRangeEnd(AddressSpace mm, in InvalidationRange range)
    {
        if (!kernel.IsPosted(Erratum.E27))
        {
            takesAway.InvalidateRangeEnd(mm, in range);
        }
    }

    public override void InvalidateRange(AddressSpace mm, UserRange range)
    {
        if (kernel.IsPosted(Erratum.E27))
        {
            Invalidate(mm, range, begins: false);
        }
    }

    public override void Release(AddressSpace mm) => takesAway.Release(mm);

    private Errno InvalidateWithoutBlocking(AddressSpace mm, in InvalidationRange range)
    {
        if (!container.Lock.TryLock(Function))
        {
            return Errno.EAGAIN;
        }

        Errno answer = takesAway.InvalidateRangeStart(mm, in range);
        container.Lock.Unlock();
        return answer;
    }

    private void Invalidate(AddressSpace mm, UserRange range, bool begins)
    {
        LockScope held = container.Lock.Hold(Function);
        if (begins)
        {
            takesAway.Begin(mm, range);
        }

        // Every vaddr of the container must be valid first, whatever is invalidated.
        bool hasFailed = kernel.Errata.Intersects(Waiting) && VaddrWaiting.AllValid(container) != Errno.None;
        if (hasFailed)
        {
            kernel.Warn(Function, "waiting for valid vaddrs failed");
        }

        // Then the callback gives up, and the page goes all the same.
        if (!hasFailed || !kernel.IsPosted(Erratum.E20))
        {
            takesAway.TakeAway(mm, range);
        }

        // And leaves with the lock held.
        if (!hasFailed || !kernel.IsPosted(Erratum.E19))
        {
            held.Dispose();
        }
    }
}
