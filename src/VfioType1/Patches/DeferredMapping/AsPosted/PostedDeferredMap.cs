using Iopf.Kernel;
using Iopf.Mm;
using Microsoft.Extensions.DependencyInjection;

namespace Iopf.VfioType1.Patches.DeferredMapping;

/// <summary>Patch 6 as posted: one watched address space, a bitmap of one piece, and bits that outlive what they stand for.</summary>
/// <remarks>Kernel: the <c>iopf_enabled</c> branches of <c>vfio_dma_do_map</c>, <c>vfio_unmap_unpin</c> and <c>vfio_dma_clean_iopf</c> of the posting.</remarks>
internal sealed class PostedDeferredMap(
    HostKernel kernel,
    PhysicalMemory memory,
    [FromKeyedServices(Baseline.Key)] IDmaMapPolicy staticMap,
    IAddressSpaceWatch watch,
    [FromKeyedServices(Baseline.Key)] IAddressSpaceWatch noWatch,
    IInvalidationGuard invalidations,
    IPartialUnmapper unmapper)
    : DeferredMap(kernel, staticMap, kernel.IsPosted(Erratum.E46) ? noWatch : watch, invalidations, unmapper), IAsPosted
{
    // What the page allocator can give in one piece: larger bitmaps come from elsewhere (order 10, 4 MiB).
    private const ulong LargestContiguousBytes = 4 << 20;

    // E07 is here because patch 6 hides it: the bitmap that patch 2 reads is allocated with this one.
    public static ErrataSet Errata { get; } = ErrataSet.Of(
        Erratum.E07, Erratum.E24, Erratum.E31, Erratum.E38, Erratum.E46, Erratum.E50, Erratum.E51, Erratum.E58);

    public override Errno Establish(Type1Container container, DmaMapping mapping, ulong size, Process caller)
    {
        Errno error = base.Establish(container, mapping, size, caller);
        if (!container.IsIopfEnabled)
        {
            // Only a mapping made with IOPF on gets a bitmap (E38).
            mapping.HasMappedPages = !Kernel.IsPosted(Erratum.E38);
        }

        return error;
    }

    public override void Withdraw(Type1Container container, DmaMapping mapping, bool isRemoval)
    {
        // With IOPF on the bitmap is used whether there is one or not (E38).
        if (isRemoval && container.IsIopfEnabled)
        {
            mapping.MappedPagesIn("vfio_unmap_partial_iopf");
        }

        bool isOnDemand = container.IsOnDemand(mapping);

        // kfree, wherever the bitmap's memory came from (E58).
        if (isOnDemand && isRemoval && mapping.IsMappedPagesVirtual && Kernel.IsPosted(Erratum.E58))
        {
            TakeOut(container, mapping);
            throw new KernelOopsException("kfree of a vmalloc address", "vfio_dma_clean_iopf");
        }

        // Only the removal of a mapping looks at its bitmap: when the last domain goes, the bits stay (E50).
        if (!isOnDemand || isRemoval || !Kernel.IsPosted(Erratum.E50))
        {
            base.Withdraw(container, mapping, isRemoval);
        }

        // What vendor drivers pinned is accounted anew, though it was accounted when it was pinned (E51).
        if (isOnDemand && !isRemoval && Kernel.IsPosted(Erratum.E51))
        {
            mapping.Mm.AccountLocked(mapping.ExternalPins.Count);
        }
    }

    public override Errno Rebase(Type1Container container, DmaMapping mapping, UserAddress vaddr, Process caller)
    {
        if (!container.IsOnDemand(mapping) || !Kernel.IsPosted(Erratum.E31))
        {
            return base.Rebase(container, mapping, vaddr, caller);
        }

        // Only the address changes: what is mapped stays, and the new memory is not watched (E31).
        mapping.Vaddr = vaddr;
        mapping.Mm = mapping.Task.Mm ?? mapping.Mm;
        return Errno.None;
    }

    protected override bool AllocateBitmap(DmaMapping mapping, ulong size)
    {
        if (!base.AllocateBitmap(mapping, size))
        {
            return false;
        }

        // This and other allocations under iommu->lock may reclaim, whose notifier waits for that lock (E24).
        if (Kernel.IsPosted(Erratum.E24))
        {
            memory.ReclaimForKernel();
        }

        mapping.IsMappedPagesVirtual = Kernel.IsMemoryFragmented || size >> Page.Shift >> 3 > LargestContiguousBytes;
        return true;
    }
}
