using Iopf.Iommu;
using Iopf.Kernel;
using Iopf.Vfio;

namespace Iopf.Scenarios.Steps;

/// <summary>The vendor driver of one device: what it pinned, and what it does when a range is about to go.</summary>
/// <param name="api">What vendor drivers call.</param>
/// <param name="device">The driver's device.</param>
internal sealed class VendorDriver(VendorDriverApi api, Device device) : IVfioDmaUnmapNotifier
{
    private readonly List<ulong> _pinned = [];

    /// <summary>Whether it drops its pins when told, or ignores what it is told.</summary>
    public bool Unpins { get; set; } = true;

    /// <summary>Pins pages.</summary>
    /// <param name="pages">The page numbers (iova / 4096).</param>
    /// <param name="prot">The access it needs.</param>
    /// <returns>How many are pinned, or an error.</returns>
    public Result<int> Pin(ulong[] pages, IommuProt prot)
    {
        Result<int> pinned = api.PinPages(device, pages, prot, new ulong[pages.Length]);
        if (pinned.IsSuccess)
        {
            _pinned.AddRange(pages.Take(pinned.Value));
        }

        return pinned;
    }

    /// <summary>Drops pins.</summary>
    /// <param name="pages">The page numbers (iova / 4096).</param>
    /// <returns>How many were dropped, or an error.</returns>
    public Result<int> Unpin(ulong[] pages)
    {
        Result<int> unpinned = api.UnpinPages(device, pages);
        foreach (ulong page in pages.Take(unpinned.IsSuccess ? unpinned.Value : 0))
        {
            _pinned.Remove(page);
        }

        return unpinned;
    }

    /// <inheritdoc/>
    public void DmaUnmapped(Iova iova, ulong size)
    {
        if (!Unpins)
        {
            return;
        }

        foreach (ulong page in _pinned.Where(page => page - iova.PageNumber < size >> Page.Shift).ToArray())
        {
            _pinned.Remove(page);
            api.UnpinPages(device, [page]);
        }
    }
}
