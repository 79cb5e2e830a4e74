using Iopf.Iommu;
using Iopf.Kernel;

namespace Iopf.VfioType1;

/// <summary>Baseline: the faulting page and no other.</summary>
internal sealed class SinglePageWindow : IFaultWindow
{
    public IovaRange Plan(Type1Container container, DmaMapping mapping, Iova page, IovaRange scope, IommuProt access) =>
        IovaRange.OfPages(page, 1);
}
