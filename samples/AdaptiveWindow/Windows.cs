using Iopf.Iommu;
using Iopf.Kernel;
using Iopf.VfioType1;

namespace AdaptiveWindow;

/// <summary>What both windows of this sample have in common.</summary>
internal static class Windows
{
    /// <summary>At most so many pages, up to the end of mapping and scope and to the first page that is mapped.</summary>
    public static IovaRange From(Iova page, ulong length, DmaMapping mapping, IovaRange scope)
    {
        ulong last = Math.Min(mapping.Range.Last.PageNumber, scope.Last.PageNumber);
        ulong most = Math.Min(length, last - page.PageNumber + 1);
        ulong count = 1;
        while (count < most && !mapping.MappedPages[mapping.PageIndexOf(page.PlusPages(count))])
        {
            count++;
        }

        return IovaRange.OfPages(page, count);
    }
}

/// <summary>A window of a fixed length, as that of patch 4.</summary>
internal sealed class FixedWindow(int length) : IFaultWindow
{
    public IovaRange Plan(Type1Container container, DmaMapping mapping, Iova page, IovaRange scope, IommuProt access) =>
        Windows.From(page, (ulong)length, mapping, scope);
}
