using Iopf.Iommu;
using Iopf.Kernel;
using Iopf.Mm;

namespace Iopf.VfioType1.Patches.EnableIopf;

/// <summary>
/// Patch 5: mappings on demand are not replayed; only the pages that faults entered in the domains so far are entered in the new one too.
/// </summary>
/// <remarks>
/// Kernel: <c>vfio_iommu_replay</c> is skipped when IOPF is on. Deviation: without the copy the bitmap would claim entries that the new domain
/// lacks (E47, E48), and a domain that cannot hold them would be noticed too late (E49).
/// </remarks>
internal class ReplayPinnedAndCopyMapped(IStaticReplay everyMapping, IInvalidationGuard invalidations) : IMappingReplay
{
    protected IInvalidationGuard Invalidations { get; } = invalidations;

    public virtual Errno Replay(Type1Container container, Type1Domain domain, Process? caller)
    {
        if (container.IsIopfEnabled && !FitsEveryMapping(container, domain))
        {
            return Errno.EINVAL;
        }

        Errno error = everyMapping.Fill(container, domain);
        if (error != Errno.None)
        {
            return error;
        }

        // A page that goes between the copy and the list would stay in the new domain: nobody looks there yet.
        using (Invalidations.Enter(container))
        {
            error = container.FirstDomain is { } source ? CopyMapped(container, source.Domain, domain) : Errno.None;
            if (error == Errno.None)
            {
                container.Domains.Insert(0, domain);
            }
        }

        return error;
    }

    /// <summary>Whether pages of every mapping could be entered in the domain (E49).</summary>
    protected virtual bool FitsEveryMapping(Type1Container container, Type1Domain domain)
    {
        ulong sizes = domain.Domain.PageSizes;
        ulong mask = (sizes & (~sizes + 1)) - 1;
        foreach (DmaMapping mapping in container.Mappings)
        {
            if (((mapping.Iova.Value | mapping.Size | mapping.Vaddr.Value) & mask) != 0)
            {
                return false;
            }
        }

        return true;
    }

    private static Errno CopyMapped(Type1Container container, IommuDomain source, Type1Domain target)
    {
        foreach (DmaMapping mapping in container.Mappings)
        {
            if (mapping.MappedPages.Count == 0)
            {
                continue;
            }

            ulong last = (mapping.Size >> Page.Shift) - 1;
            for (ulong? page = mapping.MappedPages.NextSet(0, last); page is { } at; page = mapping.MappedPages.NextSet(at + 1, last))
            {
                Iova iova = mapping.IovaOfPage(at);
                Errno error = target.Domain.Map(
                    iova, source.IovaToPhysical(iova)!.Value, Page.Size, (source.ProtOf(iova)!.Value & (IommuProt.Read | IommuProt.Write)) | target.Prot);
                if (error != Errno.None)
                {
                    Undo(container, target.Domain);
                    return error;
                }
            }
        }

        return Errno.None;
    }

    private static void Undo(Type1Container container, IommuDomain domain)
    {
        foreach (DmaMapping mapping in container.Mappings)
        {
            ulong last = (mapping.Size >> Page.Shift) - 1;
            for (ulong? page = mapping.MappedPages.NextSet(0, last); page is { } at; page = mapping.MappedPages.NextSet(at + 1, last))
            {
                domain.Unmap(mapping.IovaOfPage(at), Page.Size);
            }
        }
    }
}
