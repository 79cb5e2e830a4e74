using Iopf.Kernel;

namespace Iopf.VfioType1;

/// <summary>Which page sizes every domain of a container supports.</summary>
/// <remarks>Kernel: <c>vfio_update_pgsize_bitmap</c>.</remarks>
internal static class PageSizes
{
    /// <summary>Works them out anew. Sizes below the CPU's are hidden, and the CPU's own offered in their place.</summary>
    public static void Update(Type1Container container)
    {
        ulong sizes = ulong.MaxValue;
        foreach (Type1Domain domain in container.Domains)
        {
            sizes &= domain.Domain.PageSizes;
        }

        container.PageSizes = (sizes & (Page.Size - 1)) != 0 ? (sizes & ~(Page.Size - 1)) | Page.Size : sizes;
    }
}
