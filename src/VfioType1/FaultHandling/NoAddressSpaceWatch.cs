using Iopf.Kernel;
using Iopf.Mm;

namespace Iopf.VfioType1;

/// <summary>Baseline: pinned memory needs no watching.</summary>
internal sealed class NoAddressSpaceWatch : IAddressSpaceWatch
{
    public Errno Watch(Type1Container container, AddressSpace mm) => Errno.None;

    public void Unwatch(Type1Container container, AddressSpace mm)
    {
        // Nothing is watched.
    }
}
