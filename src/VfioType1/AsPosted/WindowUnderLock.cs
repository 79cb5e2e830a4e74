using Iopf.Iommu;
using Iopf.Kernel;
using Microsoft.Extensions.Options;

namespace Iopf.VfioType1;

/// <summary>The window of a fault as posted: obtained and mapped run by run, iommu-&gt;lock held throughout.</summary>
/// <remarks>
/// Kernel: the loop of <c>vfio_iommu_type1_dma_map_iopf</c> with <c>pin_pages_iopf</c>. It stands in for obtaining pages without the lock when one of
/// E23, E25, E26, E32 and E36 is on: obtaining pages takes mmap_lock and page locks and may call the MMU notifier, which waits for this very lock.
/// </remarks>
internal sealed class WindowUnderLock(
    HostKernel kernel,
    IPageSource pages,
    IInvalidationGuard invalidations,
    PageRunMapper runs,
    MappedPageRemover remover,
    IPageResidency residency,
    IDirtyScope dirty,
    IOptions<Type1Options> options)
{
    private readonly bool _onePageAtATime = options.Value.DisableHugepages;

    /// <summary>The defects that it is used for.</summary>
    public static ErrataSet Errata { get; } = ErrataSet.Of(Erratum.E23, Erratum.E25, Erratum.E26, Erratum.E32, Erratum.E36);

    /// <summary>Maps as much of the window as can be.</summary>
    /// <param name="container">The container; its lock is held.</param>
    /// <param name="plan">What the fault intends to map.</param>
    /// <returns>Whether at least the faulting page was mapped.</returns>
    public bool Map(Type1Container container, in FaultPlan plan)
    {
        PinBatch batch = container.PinBatch;
        int capacity = kernel.Allocates("vfio_batch_init") ? PinBatch.Capacity : 1;
        ulong pageCount = plan.Window.PageCount;
        ulong done = 0;
        while (done < pageCount)
        {
            // Posted: the process is looked up for each run; if it is gone, what is left in the batch stays pinned (E36).
            if (!plan.Mapping.Mm.IsAlive)
            {
                Drop(batch, plan.Mapping, leaks: kernel.IsPosted(Erratum.E36));
                break;
            }

            Iova at = plan.Window.First.PlusPages(done);
            ulong most = _onePageAtATime ? 1 : pageCount - done;
            PinnedRun run = ObtainRun(container, in plan, at, most, capacity, out bool hasFailed);
            if (run.PageCount == 0 || !MapRun(container, in plan, at, run))
            {
                break;
            }

            done += (ulong)run.PageCount;
            if (hasFailed)
            {
                break;
            }
        }

        Drop(batch, plan.Mapping, leaks: false);
        kernel.Spend(CostStage.Pages, done > 0 ? kernel.Costs.PremappedPageNanoseconds * (long)(done - 1) : 0);
        return done > 0;
    }

    /// <summary>Obtains pages until the next one does not continue the run.</summary>
    private PinnedRun ObtainRun(Type1Container container, in FaultPlan plan, Iova first, ulong most, int capacity, out bool hasFailed)
    {
        hasFailed = false;
        PinBatch batch = container.PinBatch;
        DmaMapping mapping = plan.Mapping;
        PinnedRun run = default;
        while ((ulong)run.PageCount < most)
        {
            if (batch.IsEmpty)
            {
                ulong asked = Math.Min(most - (ulong)run.PageCount, (ulong)capacity);
                UserAddress vaddr = mapping.VaddrOf(first.PlusPages((ulong)run.PageCount));
                Result<int> got = pages.Obtain(plan.Owner, vaddr, plan.Access, batch.Room((int)asked));
                batch.Filled(got.IsSuccess ? got.Value : 0);
                if (!got.IsSuccess)
                {
                    hasFailed = true;
                    break;
                }
            }

            if (run.PageCount > 0 && batch.First.Value != run.First.Value + (ulong)run.PageCount)
            {
                break;
            }

            Pfn frame = batch.TakeFirst();
            run = run.PageCount == 0 ? new PinnedRun(frame, 1) : run with { PageCount = run.PageCount + 1 };
        }

        // A single page that does not continue the run is let go and obtained again: it may be a frame number without a page.
        if (batch.IsSingle)
        {
            Drop(batch, mapping, leaks: false);
        }

        return run;
    }

    private bool MapRun(Type1Container container, in FaultPlan plan, Iova iova, PinnedRun run)
    {
        DmaMapping mapping = plan.Mapping;
        IommuProt prot = (plan.Access & IommuProt.Write) != 0 ? mapping.Prot : plan.Access;
        using (invalidations.Enter(container))
        {
            // Posted: every entry grants all that the mapping does, none has to make room (E14).
            if (!kernel.IsPosted(Erratum.E14))
            {
                remover.Remove(container, mapping, IovaRange.OfPages(iova, (ulong)run.PageCount));
            }

            Errno error = runs.MapFaulted(container, iova, run.First, (ulong)run.PageCount, prot);
            if (error == Errno.None)
            {
                mapping.MappedPages.Set(mapping.PageIndexOf(iova), (ulong)run.PageCount);
                if ((prot & IommuProt.Write) != 0 && dirty.LogsFaults(mapping))
                {
                    mapping.Dirty?.Set(mapping.PageIndexOf(iova), (ulong)run.PageCount);
                }
            }

            for (long i = 0; i < run.PageCount; i++)
            {
                ReadOnlyMemory<Pfn> one = container.PinBatch.Single(run.First.Plus((ulong)i));
                if (error == Errno.None)
                {
                    residency.AfterMap(mapping, one);
                }
                else
                {
                    pages.Return(mapping.Owner, one);
                }
            }

            return error == Errno.None;
        }
    }

    private void Drop(PinBatch batch, DmaMapping mapping, bool leaks)
    {
        while (!batch.IsEmpty)
        {
            ReadOnlyMemory<Pfn> one = batch.Single(batch.TakeFirst());
            if (!leaks)
            {
                pages.Return(mapping.Owner, one);
            }
        }
    }
}
