using Iopf.Iommu;
using Iopf.Kernel;
using Iopf.Vfio;
using Microsoft.Extensions.Options;

namespace Iopf.VfioType1;

/// <summary>Offers type1 to the VFIO core.</summary>
/// <remarks>Kernel: <c>vfio_iommu_driver_ops_type1</c>.</remarks>
internal sealed class Type1Backend(HostKernel kernel, Type1Functions functions, Type1Containers containers, IOptions<Type1Options> options)
    : IVfioIommuBackend
{
    private readonly bool _updateVaddrNeedsContainer = options.Value.UpdateVaddrNeedsContainer;

    public int CheckExtension(IVfioIommu? iommu, uint extension) => extension switch
    {
        VfioExtension.Type1 or VfioExtension.Type1V2 or VfioExtension.Type1Nesting or VfioExtension.UnmapAll => 1,
        VfioExtension.UpdateVaddr => _updateVaddrNeedsContainer ? CanUpdateVaddr(iommu) : 1,
        VfioExtension.DmaCacheCoherency => IsCacheCoherent(iommu),
        _ => 0,
    };

    public Result<IVfioIommu> Open(uint type)
    {
        if (type is not (VfioExtension.Type1 or VfioExtension.Type1V2 or VfioExtension.Type1Nesting))
        {
            return Errno.EINVAL;
        }

        Type1Container container = new(
            kernel,
            containers.NextId(),
            isV2: type != VfioExtension.Type1,
            isNesting: type == VfioExtension.Type1Nesting,
            options.Value.EntryLimit); // The parameter may change while the module is loaded: what it is now counts.
        containers.Add(container);
        return new Type1Iommu(container, functions);
    }

    private static int CanUpdateVaddr(IVfioIommu? iommu) => iommu is Type1Iommu { Container.ExternalGroups: null } ? 1 : 0;

    private static int IsCacheCoherent(IVfioIommu? iommu) =>
        iommu is Type1Iommu { Container: { } container } && container.Domains.TrueForAll(domain => (domain.Prot & IommuProt.Cache) != 0) ? 1 : 0;
}
