using Iopf.Iommu;
using Iopf.Kernel;

namespace Iopf.VfioType1;

/// <summary>Baseline: type1 has no such operation.</summary>
internal sealed class NoNestedHandlers : INestedHandlers
{
    public Errno Register(Type1Container container, Device device) => Errno.ENOTTY;

    public Errno Unregister(Type1Container container, Device device) => Errno.ENOTTY;
}
