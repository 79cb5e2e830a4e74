using Iopf.Kernel;
using Iopf.Mm;

namespace Iopf.VfioType1.Patches.DeferredMapping;

/// <summary>Patch 6: with IOPF on, a new mapping is only noted; what faults entered is taken out by the bitmap.</summary>
/// <remarks>Kernel: the <c>iopf_enabled</c> branches of <c>vfio_dma_do_map</c> and <c>vfio_unmap_unpin</c>.</remarks>
internal sealed class DeferredMap(
    HostKernel kernel,
    PhysicalMemory memory,
    IDmaMapPolicy staticMap,
    IAddressSpaceWatch watch,
    IInvalidationGuard invalidations,
    IPartialUnmapper unmapper) : IDmaMapPolicy
{
    // What the page allocator can give in one piece: larger bitmaps come from elsewhere (order 10, 4 MiB).
    private const ulong LargestContiguousBytes = 4 << 20;

    public Errno Establish(Type1Container container, DmaMapping mapping, ulong size, Process caller)
    {
        if (!container.IsIopfEnabled)
        {
            Errno error = staticMap.Establish(container, mapping, size, caller);
            mapping.HasMappedPages = !kernel.IsPosted(Erratum.E38); // Posted: only a mapping made with IOPF on gets a bitmap.
            return error;
        }

        if (!kernel.Allocates("vfio_dma_do_map"))
        {
            return Errno.ENOMEM;
        }

        // Posted: this and other allocations under iommu->lock may reclaim, whose notifier waits for that lock.
        if (kernel.IsPosted(Erratum.E24))
        {
            memory.ReclaimForKernel();
        }

        mapping.IsMappedPagesVirtual = kernel.IsMemoryFragmented || size >> Page.Shift >> 3 > LargestContiguousBytes;

        // Whoever maps may be another process than the one that enabled IOPF. Posted: only that one's memory is watched (E46).
        if (!kernel.IsPosted(Erratum.E46))
        {
            Errno error = watch.Watch(container, mapping.Mm);
            if (error != Errno.None)
            {
                return error;
            }

            mapping.Watched = mapping.Mm;
        }

        mapping.IsOnDemand = true;
        mapping.Size = size;
        return Errno.None;
    }

    public void Withdraw(Type1Container container, DmaMapping mapping, bool isRemoval)
    {
        if (isRemoval && container.IsIopfEnabled)
        {
            mapping.MappedPagesIn("vfio_unmap_partial_iopf"); // Posted: with IOPF on, the bitmap is used whether there is one or not (E38).
        }

        if (!container.IsOnDemand(mapping))
        {
            staticMap.Withdraw(container, mapping, isRemoval);
            return;
        }

        // Posted: with IOPF on, only the removal of a mapping looks at its bitmap; when the last domain goes, the bits stay (E50).
        if (isRemoval || !kernel.IsPosted(Erratum.E50))
        {
            TakeOut(container, mapping);
        }

        if (isRemoval)
        {
            FreeBitmap(mapping);
            if (mapping.Watched is { } watched)
            {
                watch.Unwatch(container, watched);
            }
        }
        else if (kernel.IsPosted(Erratum.E51))
        {
            // Posted: what vendor drivers pinned is accounted anew, though it was accounted when it was pinned.
            mapping.Mm.AccountLocked(mapping.ExternalPins.Count);
        }
    }

    public Errno Rebase(Type1Container container, DmaMapping mapping, UserAddress vaddr, Process caller)
    {
        if (!container.IsOnDemand(mapping))
        {
            return staticMap.Rebase(container, mapping, vaddr, caller);
        }

        // Posted: only the address changes; what is mapped stays, and nobody watches the new memory.
        if (kernel.IsPosted(Erratum.E31))
        {
            mapping.Vaddr = vaddr;
            mapping.Mm = mapping.Task.Mm ?? mapping.Mm;
            return Errno.None;
        }

        if (caller.Mm is not { } mm)
        {
            return Errno.ENODEV;
        }

        Errno error = kernel.IsPosted(Erratum.E46) ? Errno.None : watch.Watch(container, mm);
        if (error != Errno.None)
        {
            return error;
        }

        // What is mapped belongs to the old address space.
        TakeOut(container, mapping);
        AddressSpace? old = mapping.Watched;
        using (invalidations.Enter(container))
        {
            mapping.Vaddr = vaddr;
            mapping.Mm = mm;
        }

        mapping.Watched = kernel.IsPosted(Erratum.E46) ? null : mm;
        if (old is not null)
        {
            watch.Unwatch(container, old);
        }

        return Errno.None;
    }

    /// <summary>Gives the bitmap's memory back to whoever it came from.</summary>
    /// <remarks>Kernel: the end of <c>vfio_dma_clean_iopf</c>.</remarks>
    private void FreeBitmap(DmaMapping mapping)
    {
        // Posted: kfree, wherever the memory came from.
        if (mapping.IsMappedPagesVirtual && kernel.IsPosted(Erratum.E58))
        {
            throw new KernelOopsException("kfree of a vmalloc address", "vfio_dma_clean_iopf");
        }
    }

    private void TakeOut(Type1Container container, DmaMapping mapping)
    {
        if (mapping.Size == 0)
        {
            return;
        }

        using (invalidations.Enter(container))
        {
            unmapper.RemoveAll(container, mapping);
        }
    }
}
