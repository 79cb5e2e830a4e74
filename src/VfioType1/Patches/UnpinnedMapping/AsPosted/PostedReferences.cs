using Iopf.Iommu;
using Iopf.Kernel;
using Iopf.Mm;

namespace Iopf.VfioType1.Patches.UnpinnedMapping;

/// <summary>Patch 3 as posted: long-term pins (E15), which do not wait for userfaultfd (E16), taken in the memory of the thread-group leader (E17).</summary>
/// <remarks>Kernel: <c>pin_pages_iopf</c>, <c>vaddr_get_pfns</c> and <c>put_pfn</c> as the posted handler calls them.</remarks>
internal sealed class PostedReferences(HostKernel kernel, PhysicalMemory memory) : TransientReferences(memory), IAsPosted
{
    private readonly bool _pins = kernel.IsPosted(Erratum.E15) || kernel.IsPosted(Erratum.E16);

    public static ErrataSet Errata { get; } = ErrataSet.Of(Erratum.E15, Erratum.E16, Erratum.E17);

    public override Result<int> Obtain(PageOwner owner, UserAddress first, IommuProt access, Memory<Pfn> frames)
    {
        // The leader has no memory once it has exited.
        if ((kernel.IsPosted(Erratum.E17) ? owner.Task.Mm : owner.Mm) is not { IsAlive: true } mm)
        {
            return Errno.ENODEV;
        }

        bool isWrite = (access & IommuProt.Write) != 0;
        Result<int> got = _pins
            ? mm.PinPages(first, frames.Length, FlagsFor(isWrite), frames.Span)
            : mm.GetPages(first, frames.Length, isWrite ? MemoryAccess.Write : MemoryAccess.Read, frames.Span);
        return got.Error == Errno.EFAULT ? FollowPfn(mm, first, isWrite, frames.Span) : got;
    }

    public override void Return(PageOwner owner, ReadOnlyMemory<Pfn> frames)
    {
        if (!_pins)
        {
            base.Return(owner, frames);
            return;
        }

        foreach (Pfn frame in frames.Span)
        {
            if (!Memory.IsReserved(frame))
            {
                Memory.Unpin(frame, dirty: (owner.Prot & IommuProt.Write) != 0);
            }
        }
    }

    private PinFlags FlagsFor(bool isWrite) =>
        (isWrite ? PinFlags.Write : PinFlags.None) | (kernel.IsPosted(Erratum.E15) ? PinFlags.LongTerm : PinFlags.None);
}
