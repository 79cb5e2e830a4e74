using System.Runtime.InteropServices;
using Iopf.Kernel;
using Iopf.Vfio;

namespace Iopf.VfioType1;

/// <summary>Tells user space the page sizes, the valid iovas and the limits of a container.</summary>
/// <remarks>Kernel: <c>vfio_iommu_type1_get_info</c>.</remarks>
internal static class ContainerInfo
{
    private const ulong DirtyBitmapBytesMax = 1UL << 28;

    public static Errno Get(Type1Container container, UserArgument argument)
    {
        if (!VfioIommuInfo.TryRead(argument.Structure, out VfioIommuInfo info))
        {
            return Errno.EFAULT;
        }

        if (info.ArgumentSize < VfioIommuInfo.MinimumSize)
        {
            return Errno.EINVAL;
        }

        VfioCapabilityChain chain = new();
        using (container.Lock.Hold())
        {
            info = info with { Flags = VfioIommuInfoBits.PageSizes, PageSizes = container.PageSizes };
            chain.AddMigration(container.Granule, DirtyBitmapBytesMax);
            chain.AddDmaAvailable((uint)container.MappingsAvailable);
            if (container.ValidIova.Count > 0)
            {
                chain.AddIovaRanges(CollectionsMarshal.AsSpan(container.ValidIova));
            }
        }

        return chain.Complete(info, argument.Structure);
    }
}
