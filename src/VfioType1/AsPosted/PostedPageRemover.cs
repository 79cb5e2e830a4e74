using Iopf.Iommu;
using Iopf.Kernel;
using Iopf.Mm;

namespace Iopf.VfioType1;

/// <summary>The removal of mapped pages as posted: it gives up where a domain gives back another size than asked (E21, E22), and always syncs (E33).</summary>
/// <remarks>Kernel: <c>vfio_unmap_partial_iopf</c> of the posting.</remarks>
internal sealed class PostedPageRemover(HostKernel kernel, PhysicalMemory memory) : MappedPageRemover(kernel, memory), IAsPosted
{
    public static ErrataSet Errata { get; } = ErrataSet.Of(Erratum.E21, Erratum.E22, Erratum.E33);

    protected override void Unmap(Type1Container container, DmaMapping mapping, ulong first, ulong last)
    {
        int domains = container.Domains.Count;
        Span<IotlbGather> gathers = domains <= UsualDomains ? stackalloc IotlbGather[UsualDomains] : new IotlbGather[domains];
        Span<bool> unmapped = domains <= UsualDomains ? stackalloc bool[UsualDomains] : new bool[domains];
        gathers.Clear();
        unmapped.Clear();

        // The gathers are allocated here (E33).
        if (Kernel.IsPosted(Erratum.E33) && !Kernel.Allocates(Function))
        {
            gathers = [];
        }

        PageBitmap mapped = mapping.MappedPages;
        for (ulong? next = mapped.NextSet(first, last); next is { } page; next = page <= last ? mapped.NextSet(page, last) : null)
        {
            ulong length = mapped.RunLength(page, last);
            bool isWhole = UnmapRun(container, mapping, page, length, gathers, unmapped);

            // The bits of a run that was given back in another size stay set (E21), and the rest of the range is left as it is (E22).
            if (isWhole || !Kernel.IsPosted(Erratum.E21))
            {
                mapped.Clear(page, length);
            }

            if (!isWhole && Kernel.IsPosted(Erratum.E22))
            {
                break;
            }

            page += length;
        }

        for (int i = 0; i < gathers.Length && i < domains; i++)
        {
            if (unmapped[i] || Kernel.IsPosted(Erratum.E33))
            {
                container.Domains[i].Domain.SyncIotlb(ref gathers[i]);
            }
        }
    }

    /// <summary>Leaves the bits of the pages around a run set when a block went as a whole (E21).</summary>
    protected override void ForgetAround(Type1Container container, DmaMapping mapping, IommuDomain domain, ulong page, ulong done)
    {
        if (!Kernel.IsPosted(Erratum.E21))
        {
            base.ForgetAround(container, mapping, domain, page, done);
        }
    }

    /// <summary>Unmaps one run in every domain, or up to the first domain that does not give back exactly the run (E22).</summary>
    /// <returns>Whether every domain gave back exactly the run.</returns>
    private bool UnmapRun(Type1Container container, DmaMapping mapping, ulong page, ulong length, Span<IotlbGather> gathers, Span<bool> unmapped)
    {
        bool isWhole = true;
        for (int i = 0; i < container.Domains.Count && (isWhole || !Kernel.IsPosted(Erratum.E22)); i++)
        {
            ulong done = UnmapPages(container, mapping, page, length, gathers, unmapped, i);
            if (done == length)
            {
                continue;
            }

            isWhole = false;
            if (Kernel.IsPosted(Erratum.E21) || Kernel.IsPosted(Erratum.E22))
            {
                Kernel.Warn(Function, "IOMMU unmapped a different size than asked");
            }

            if (!Kernel.IsPosted(Erratum.E22))
            {
                UnmapRest(container, mapping, page, length, done, gathers, unmapped, i);
            }
        }

        return isWhole;
    }
}
