using Iopf.Iommu;
using Iopf.Kernel;

namespace Iopf.VfioType1;

/// <summary>Decides, under the container lock, whether a fault may be served and with how many pages.</summary>
/// <remarks>Kernel: the look-ups of <c>vfio_iommu_type1_dma_map_iopf</c>, in its order.</remarks>
internal class FaultPlanner(HostKernel kernel, IFaultableScope faultable, IFaultWindow window, IInvalidationGuard invalidations)
{
    protected const string Function = "vfio_iommu_type1_dma_map_iopf";

    protected HostKernel Kernel { get; } = kernel;

    /// <summary>Plans, or answers at once.</summary>
    /// <returns>The answer when nothing needs to be mapped; <see langword="null"/> when <paramref name="plan"/> is to be carried out.</returns>
    public PageResponseCode? Plan(FaultTarget target, Device device, in IommuFault request, out FaultPlan plan)
    {
        Type1Container container = target.Container;
        Invariant.Hold(container.Lock.IsHeld, "a fault is planned under the container lock");
        plan = default;

        Iova page = request.Address.PageStart;
        IommuProt access = AccessOf(request.Permissions);

        // A PASID names an address space of its own, which this container does not own. Posted: it is ignored.
        if (request.Pasid is not null && !Kernel.IsPosted(Erratum.E12))
        {
            return PageResponseCode.Invalid;
        }

        if (faultable.ScopeOf(target.Group, page) is not { } scope)
        {
            return PageResponseCode.Invalid;
        }

        if (FindMapping(target, page) is not { } mapping)
        {
            return PageResponseCode.Invalid;
        }

        if ((mapping.Prot & access) != access)
        {
            return PageResponseCode.Invalid;
        }

        // Another fault may have mapped the page meanwhile; the table is asked, the bit alone proves nothing.
        bool isMapped = Kernel.IsPosted(Erratum.E09)
            ? mapping.MappedPagesIn(Function)[mapping.PageIndexOf(page)] // Posted: a set bit is answered SUCCESS.
            : WouldTranslate(device, page, access);
        if (isMapped)
        {
            return PageResponseCode.Success;
        }

        if (!container.IsOnDemand(mapping))
        {
            return PageResponseCode.Invalid;
        }

        mapping.MappedPagesIn(Function);

        // Posted: whatever was asked for, all that the mapping grants (E14).
        IommuProt wanted = Kernel.IsPosted(Erratum.E14) ? mapping.Prot : access;
        plan = new FaultPlan(
            mapping,
            InGranules(container, mapping, window.Plan(container, mapping, page, scope, wanted)),
            wanted,
            invalidations.Begin(container, mapping));
        return null;
    }

    /// <summary>Widens a window to whole granules of the container's domains; posted: the CPU's page is the unit (E18).</summary>
    private IovaRange InGranules(Type1Container container, DmaMapping mapping, IovaRange pages)
    {
        ulong mask = container.Granule - 1;
        if (mask < Page.Size || Kernel.IsPosted(Erratum.E18))
        {
            return pages;
        }

        ulong first = Math.Max(pages.First.Value & ~mask, mapping.Iova.Value);
        ulong last = Math.Min(pages.Last.Value | mask, mapping.Range.Last.Value);
        return new IovaRange(new Iova(first), new Iova(last));
    }

    /// <summary>An invalid vaddr is answered at once: waiting for user space here would hold up the faults of other devices (E11).</summary>
    protected virtual DmaMapping? FindMapping(FaultTarget target, Iova page) =>
        target.Container.Mappings.Find(page) is { IsVaddrInvalid: false } mapping ? mapping : null;

    /// <summary>An instruction fetch reads; privilege is no concern of a DMA mapping.</summary>
    private static IommuProt AccessOf(FaultPermissions permissions)
    {
        IommuProt access = IommuProt.None;
        if ((permissions & (FaultPermissions.Read | FaultPermissions.Execute)) != 0)
        {
            access |= IommuProt.Read;
        }

        if ((permissions & FaultPermissions.Write) != 0)
        {
            access |= IommuProt.Write;
        }

        return access;
    }

    private static bool WouldTranslate(Device device, Iova page, IommuProt access) =>
        device.Group?.Domain?.ProtOf(page) is { } granted && (granted & access) == access;
}
