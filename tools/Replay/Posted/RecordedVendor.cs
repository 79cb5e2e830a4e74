using Iopf.Iommu;
using Iopf.Kernel;
using Iopf.Vfio;

namespace Iopf.Replay.Posted;

/// <summary>The recorder's vendor driver: remembers what it pinned, and gives it back when a mapping goes.</summary>
internal sealed class RecordedVendor(RecordedKnobs knobs, RecordedCalls calls) : IVfioDmaUnmapNotifier
{
    private readonly List<(IommuGroup Group, ulong Page)> _pins = [];

    /// <summary>The backend it pins through.</summary>
    public IVfioIommu? Backend { get; set; }

    /// <summary>Notes pages that were pinned.</summary>
    public void Pinned(IommuGroup group, ReadOnlySpan<ulong> pages)
    {
        foreach (ulong page in pages)
        {
            _pins.Add((group, page));
        }
    }

    /// <summary>Notes pages that were given back.</summary>
    public void Unpinned(IommuGroup group, ReadOnlySpan<ulong> pages)
    {
        foreach (ulong page in pages)
        {
            _pins.Remove((group, page));
        }
    }

    /// <inheritdoc/>
    public void DmaUnmapped(Iova iova, ulong size)
    {
        ulong first = iova.PageNumber;
        ulong count = size >> Page.Shift;
        List<(IommuGroup Group, ulong Page)> going = knobs.IgnoresUnmap ? [] : _pins.FindAll(pin => pin.Page >= first && pin.Page < first + count);
        _pins.RemoveAll(pin => !knobs.IgnoresUnmap && pin.Page >= first && pin.Page < first + count);
        foreach ((IommuGroup group, ulong page) in going)
        {
            Backend!.UnpinPages(group, [page]);
        }

        calls.Add("notify", first, count, going.Count);
    }
}
