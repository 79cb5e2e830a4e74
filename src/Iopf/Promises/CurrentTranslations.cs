using Iopf.Iommu;
using Iopf.Kernel;
using Iopf.VfioType1;

namespace Iopf.Promises;

/// <summary>M1: what a device can reach without a pin is what its process has there now.</summary>
internal sealed class CurrentTranslations(Type1Containers containers) : IInvariantChecker
{
    public string Id => "M1";

    public string Promise =>
        "Every IOMMU entry of a page that is not pinned points to the page now mapped at its vaddr; none outlives the CPU mapping or the DMA mapping.";

    public void Check(bool hasFailed, Action<string> report)
    {
        foreach (Type1Container container in containers.Open)
        {
            foreach (DmaMapping mapping in container.Mappings)
            {
                if (mapping is { IsOnDemand: true, FaultPins: 0, MappedPages.Count: > 0 })
                {
                    CheckMapping(container, mapping, report);
                }
            }

            foreach (Type1Domain domain in container.Domains)
            {
                domain.Domain.VisitEntries((iova, _, size) => CheckEntry(container, iova, size, report));
            }
        }
    }

    private static void CheckMapping(Type1Container container, DmaMapping mapping, Action<string> report)
    {
        ulong last = (mapping.Size >> Page.Shift) - 1;
        for (ulong? next = mapping.MappedPages.NextSet(0, last); next is { } page; next = page < last ? mapping.MappedPages.NextSet(page + 1, last) : null)
        {
            if (mapping.HeldPages[page])
            {
                continue;
            }

            Iova iova = mapping.IovaOfPage(page);
            UserAddress vaddr = mapping.VaddrOf(iova);
            Pfn? current = mapping.Mm.FrameAt(vaddr);
            foreach (Type1Domain domain in container.Domains)
            {
                if (domain.Domain.IovaToPhysical(iova) is { } physical && current != Pfn.OfAddress(physical))
                {
                    string there = current is { } frame ? $"{frame}" : "nothing";
                    report($"{container}, iova {iova} leads to {Pfn.OfAddress(physical)}, but {mapping.Mm.Name} has {there} at {vaddr}");
                }
                else if (domain.Domain.ProtOf(iova) is { } prot && (prot & IommuProt.Write) != 0 && !mapping.Mm.IsWritableAt(vaddr))
                {
                    report($"{container}, iova {iova} may be written, but {mapping.Mm.Name} may not write {vaddr} without a fault");
                }
            }
        }
    }

    private static void CheckEntry(Type1Container container, Iova iova, ulong size, Action<string> report)
    {
        for (ulong offset = 0; offset < size;)
        {
            Iova at = iova.Plus(offset);
            if (container.Mappings.Find(at) is not { } mapping)
            {
                report($"{container}, iova {at} is still entered, but no DMA mapping covers it");
                return;
            }

            offset = mapping.Range.Last.Value - iova.Value + 1;
        }
    }
}
