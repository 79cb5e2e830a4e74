using Iopf.Iommu;
using Iopf.Kernel;

namespace Iopf.VfioType1;

/// <summary>Enters one physically contiguous run of pages in every domain of a container.</summary>
/// <remarks>Kernel: <c>vfio_iommu_map</c>. Shared mechanics: it asks no patch's port.</remarks>
internal sealed class PageRunMapper(HostKernel kernel) : IDomainsMapper
{
    /// <summary>Maps a run that will be taken out page by page: without blocks where a domain cannot split them.</summary>
    /// <param name="container">The container; its lock is held.</param>
    /// <param name="iova">The iova of the first page.</param>
    /// <param name="frame">The first frame.</param>
    /// <param name="pageCount">How many pages.</param>
    /// <param name="prot">Read, write or both.</param>
    /// <returns>The error of the domain that refused; then no domain holds the run.</returns>
    public Errno MapFaulted(Type1Container container, Iova iova, Pfn frame, ulong pageCount, IommuProt prot)
    {
        // Posted: one call for the run, hence blocks, in any domain (E34).
        if (kernel.IsPosted(Erratum.E34) || container.Domains.TrueForAll(static domain => domain.Domain.SplitsBlocks))
        {
            return MapEverywhere(container, iova, frame, pageCount, prot);
        }

        ulong unit = container.Granule >> Page.Shift;
        for (ulong done = 0; done < pageCount; done += unit)
        {
            Errno error = MapEverywhere(container, iova.PlusPages(done), frame.Plus(done), unit, prot);
            if (error != Errno.None)
            {
                foreach (Type1Domain domain in container.Domains)
                {
                    domain.Domain.Unmap(iova, done << Page.Shift);
                }

                return error;
            }
        }

        return Errno.None;
    }

    /// <summary>Maps a run everywhere or nowhere.</summary>
    /// <param name="container">The container; its lock is held.</param>
    /// <param name="iova">The iova of the first page.</param>
    /// <param name="frame">The first frame.</param>
    /// <param name="pageCount">How many pages.</param>
    /// <param name="prot">Read, write or both.</param>
    /// <returns>The error of the domain that refused; then no domain holds the run.</returns>
    public Errno MapEverywhere(Type1Container container, Iova iova, Pfn frame, ulong pageCount, IommuProt prot)
    {
        ulong size = pageCount << Page.Shift;
        for (int i = 0; i < container.Domains.Count; i++)
        {
            Type1Domain domain = container.Domains[i];
            Errno error = domain.Domain.Map(iova, frame.Address, size, prot | domain.Prot);
            if (error != Errno.None)
            {
                while (i-- > 0)
                {
                    container.Domains[i].Domain.Unmap(iova, size);
                }

                return error;
            }
        }

        return Errno.None;
    }
}
