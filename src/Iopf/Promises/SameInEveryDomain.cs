using Iopf.Iommu;
using Iopf.Kernel;
using Iopf.VfioType1;

namespace Iopf.Promises;

/// <summary>M2: the bitmap and the tables of all domains say the same.</summary>
internal sealed class SameInEveryDomain(Type1Containers containers) : IInvariantChecker
{
    public string Id => "M2";

    public string Promise => "A page's mapped bit is set exactly if all IOMMU domains of the container hold its entry, with the same pfn.";

    public void Check(bool hasFailed, Action<string> report)
    {
        foreach (Type1Container container in containers.Open)
        {
            if (container.FirstDomain is not { } first)
            {
                continue;
            }

            foreach (DmaMapping mapping in container.Mappings)
            {
                CheckBits(container, mapping, first.Domain, report);
            }

            foreach (Type1Domain domain in container.Domains)
            {
                domain.Domain.VisitEntries((iova, physical, size) => CheckEntry(container, iova, physical, size, report));
            }
        }
    }

    private static void CheckBits(Type1Container container, DmaMapping mapping, IommuDomain first, Action<string> report)
    {
        if (mapping.MappedPages.Count == 0)
        {
            return;
        }

        ulong last = (mapping.Size >> Page.Shift) - 1;
        for (ulong? next = mapping.MappedPages.NextSet(0, last); next is { } page; next = page < last ? mapping.MappedPages.NextSet(page + 1, last) : null)
        {
            Iova iova = mapping.IovaOfPage(page);
            ulong? physical = first.IovaToPhysical(iova);
            foreach (Type1Domain domain in container.Domains)
            {
                if (domain.Domain.IovaToPhysical(iova) is not { } other)
                {
                    report($"{container}, iova {iova} has its mapped bit, but a domain lacks the entry");
                }
                else if (other != physical)
                {
                    report($"{container}, iova {iova} leads to {Pfn.OfAddress(other)} in one domain and not in another");
                }
            }
        }
    }

    /// <summary>The other direction: an entry of a mapping on demand has its bit; one of a pinned mapping is in every domain.</summary>
    private static void CheckEntry(Type1Container container, Iova iova, ulong physical, ulong size, Action<string> report)
    {
        for (ulong offset = 0; offset < size; offset += Page.Size)
        {
            Iova at = iova.Plus(offset);
            if (container.Mappings.Find(at) is not { } mapping)
            {
                continue;
            }

            if (mapping.IsOnDemand && !mapping.MappedPages[mapping.PageIndexOf(at)])
            {
                report($"{container}, iova {at} is entered, but its mapped bit is clear");
            }

            if (container.Domains.Count > 1 && container.Domains.Exists(domain => domain.Domain.IovaToPhysical(at) != physical + offset))
            {
                report($"{container}, iova {at} leads to {Pfn.OfAddress(physical + offset)} in one domain and not in another");
            }
        }
    }
}
