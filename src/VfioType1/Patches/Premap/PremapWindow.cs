using Iopf.Iommu;
using Iopf.Kernel;
using Microsoft.Extensions.Options;

namespace Iopf.VfioType1.Patches.Premap;

/// <summary>
/// Patch 4: the window starts at the faulting page and extends forward until it is full, the mapping or the faultable scope ends, or a page
/// comes that already has what the fault asks for.
/// </summary>
/// <remarks>Kernel: <c>IOPF_PREMAP_LEN</c> and the loop around <c>pin_pages_iopf</c>. The window is not aligned.</remarks>
internal sealed class PremapWindow(HostKernel kernel, IOptions<PremapOptions> options) : IFaultWindow
{
    private readonly ulong _length = (ulong)options.Value.Length;
    private readonly bool _isForAnyPage = options.Value.Populate == PremapPopulation.Any;

    public IovaRange Plan(Type1Container container, DmaMapping mapping, Iova page, IovaRange scope, IommuProt access)
    {
        Iova last = mapping.Range.Last < scope.Last ? mapping.Range.Last : scope.Last;
        ulong room = ((last.Value - page.Value) >> Page.Shift) + 1;
        ulong first = mapping.PageIndexOf(page);
        ulong limit = first + Math.Min(_length, room);

        ulong? next = first + 1 < limit ? mapping.MappedPages.NextSet(first + 1, limit - 1) : null;
        while (next is { } mapped && !HasAccess(container, mapping, mapped, access))
        {
            next = mapped + 1 < limit ? mapping.MappedPages.NextSet(mapped + 1, limit - 1) : null;
        }

        ulong end = next ?? limit;
        return IovaRange.OfPages(page, (AllocatesPages ? end : ResidentEnd(mapping, first + 1, end)) - first);
    }

    // A policy, not a mistake: the posting allocates what nobody touched, at the price of memory (E35).
    private bool AllocatesPages => _isForAnyPage || kernel.IsPosted(Erratum.E35);

    private static ulong ResidentEnd(DmaMapping mapping, ulong page, ulong end)
    {
        while (page < end && mapping.Mm.IsResident(mapping.VaddrOf(mapping.IovaOfPage(page))))
        {
            page++;
        }

        return page;
    }

    /// <summary>A page mapped for reading only is worth mapping again when the fault is a write.</summary>
    private bool HasAccess(Type1Container container, DmaMapping mapping, ulong pageIndex, IommuProt access) =>
        mapping.HeldPages[pageIndex]
        || kernel.IsPosted(Erratum.E09) // Posted: a set bit ends the window, whatever the table says.
        || (container.FirstDomain?.Domain.ProtOf(mapping.IovaOfPage(pageIndex)) is { } granted && (granted & access) == access);
}
