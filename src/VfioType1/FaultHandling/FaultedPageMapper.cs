using Iopf.Iommu;
using Iopf.Kernel;

namespace Iopf.VfioType1;

/// <summary>Enters the pages that a fault obtained in every domain of the container, run by run.</summary>
/// <remarks>Kernel: the mapping loop of <c>vfio_iommu_type1_dma_map_iopf</c>.</remarks>
internal sealed class FaultedPageMapper(PageRunMapper runs, MappedPageRemover remover, IPageResidency residency, IDirtyScope dirty)
{
    /// <summary>Maps pages in ascending order, up to the first that fails.</summary>
    /// <param name="container">The container; its lock is held and invalidations are kept out.</param>
    /// <param name="plan">What the fault intends to map.</param>
    /// <param name="first">The iova of the first page.</param>
    /// <param name="frames">The pages' frames, in order.</param>
    /// <returns>How many pages were mapped.</returns>
    public int Map(Type1Container container, in FaultPlan plan, Iova first, ReadOnlyMemory<Pfn> frames)
    {
        DmaMapping mapping = plan.Mapping;
        IommuProt prot = GrantFor(mapping, plan.Access);

        // Entries that grant less than this fault asks for make room for those that grant more.
        remover.Remove(container, mapping, IovaRange.OfPages(first, (ulong)frames.Length));

        ReadOnlySpan<Pfn> all = frames.Span;
        int mapped = 0;
        while (mapped < frames.Length)
        {
            int length = ContiguousLength(all[mapped..]);
            Iova iova = first.PlusPages((ulong)mapped);
            if (runs.MapFaulted(container, iova, all[mapped], (ulong)length, prot) != Errno.None)
            {
                break;
            }

            mapping.MappedPages.Set(mapping.PageIndexOf(iova), (ulong)length);
            if ((prot & IommuProt.Write) != 0 && dirty.LogsFaults(mapping))
            {
                mapping.Dirty?.Set(mapping.PageIndexOf(iova), (ulong)length);
            }

            residency.AfterMap(mapping, frames.Slice(mapped, length));
            mapped += length;
        }

        return mapped;
    }

    /// <summary>A read fault is granted reading; a write fault all that the mapping grants (E14).</summary>
    private static IommuProt GrantFor(DmaMapping mapping, IommuProt access) =>
        (access & IommuProt.Write) != 0 ? mapping.Prot : access;

    private static int ContiguousLength(ReadOnlySpan<Pfn> frames)
    {
        int length = 1;
        while (length < frames.Length && frames[length].Value == frames[0].Value + (ulong)length)
        {
            length++;
        }

        return length;
    }
}
