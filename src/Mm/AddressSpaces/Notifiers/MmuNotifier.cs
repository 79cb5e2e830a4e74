using Iopf.Kernel;

namespace Iopf.Mm;

/// <summary>Somebody who keeps translations of an address space's pages; every callback does nothing unless overridden.</summary>
/// <remarks>Kernel: <c>struct mmu_notifier</c> with its <c>ops</c>. All callbacks run inside an SRCU read section.</remarks>
public abstract class MmuNotifier
{
    /// <summary>The entries of a range are about to change: from now to the end call no translation of it may be made or used.</summary>
    /// <remarks>Runs with mmap_lock or an rmap lock held; may sleep if the range is blockable.</remarks>
    /// <param name="mm">The address space.</param>
    /// <param name="range">The range.</param>
    /// <returns><see cref="Errno.None"/>; EAGAIN if it cannot be done without blocking and the range is not blockable.</returns>
    public virtual Errno InvalidateRangeStart(AddressSpace mm, in InvalidationRange range) => Errno.None;

    /// <summary>The entries of a range have changed.</summary>
    /// <param name="mm">The address space.</param>
    /// <param name="range">The range that was passed to the start call.</param>
    public virtual void InvalidateRangeEnd(AddressSpace mm, in InvalidationRange range)
    {
    }

    /// <summary>Entries were cleared and their pages are about to be freed or replaced: TLBs that share the page table must forget them.</summary>
    /// <remarks>May run under the page table lock: must not sleep.</remarks>
    /// <param name="mm">The address space.</param>
    /// <param name="range">The addresses: whole pages.</param>
    public virtual void InvalidateRange(AddressSpace mm, UserRange range)
    {
    }

    /// <summary>An entry is about to be replaced by one for another frame, or a read-only one.</summary>
    /// <remarks>Runs under the page table lock: must not sleep.</remarks>
    /// <param name="mm">The address space.</param>
    /// <param name="page">The page's address.</param>
    /// <param name="frame">The frame it is mapped to from now on.</param>
    public virtual void ChangePte(AddressSpace mm, UserAddress page, Pfn frame)
    {
    }

    /// <summary>The last user of the address space is gone and its pages are about to be freed; no other callback follows.</summary>
    /// <param name="mm">The address space.</param>
    public virtual void Release(AddressSpace mm)
    {
    }
}
