using Iopf.Iommu;
using Iopf.Kernel;
using Iopf.Machine;
using Iopf.VfioType1;

namespace Iopf.Promises;

/// <summary>D1: the dirty log names no page that nobody can have written.</summary>
internal sealed class DirtyLogPrecise : IInvariantChecker, IDirtyLogObserver
{
    private readonly Type1Containers _containers;
    private readonly Dictionary<DmaMapping, HashSet<ulong>> _maybeWritten = [];
    private readonly List<string> _broken = [];

    public DirtyLogPrecise(Type1Containers containers, HostView host)
    {
        ArgumentNullException.ThrowIfNull(host);
        _containers = containers;
        host.Written += Remember;
    }

    public string Id => "D1";

    public string Promise => "The dirty log names only pages that were written, were pinned, or may be written because a device may write anywhere.";

    public void Begin()
    {
        // Pins may come and go between two reports: what is pinned at any time may have been written.
        foreach (Type1Container container in _containers.Open)
        {
            foreach (DmaMapping mapping in container.Mappings)
            {
                RememberPins(mapping);
            }
        }
    }

    public void Started(DmaMapping mapping) => _maybeWritten[mapping] = [];

    public void Written(DmaMapping mapping, ulong page, ulong count)
    {
        for (ulong at = page; at < page + count; at++)
        {
            _maybeWritten.GetValueOrDefault(mapping)?.Add(at);
        }
    }

    public void Reported(Type1Container container, DmaMapping mapping, bool isWhole)
    {
        if (mapping.Dirty is not { } log)
        {
            return;
        }

        if (isWhole && container.NonPinnedGroups == 0)
        {
            _broken.Add($"{container}, {mapping}: every page is reported dirty, but every group writes only what is pinned");
        }

        RememberPins(mapping);
        HashSet<ulong> maybe = _maybeWritten.GetValueOrDefault(mapping) ?? [];
        for (ulong page = 0; page < log.PageCount && !isWhole; page++)
        {
            if (log[page] && !maybe.Contains(page))
            {
                _broken.Add($"{container}, iova {mapping.IovaOfPage(page)} is reported dirty, but nobody wrote or pinned it");
            }
        }

        // Reading the log marks what is pinned anew.
        maybe.Clear();
        RememberPins(mapping);
    }

    public void Check(bool hasFailed, Action<string> report)
    {
        Begin();
        _broken.ForEach(report);
        _broken.Clear();
    }

    private void RememberPins(DmaMapping mapping)
    {
        if (mapping.ExternalPins.Count > 0 && _maybeWritten.TryGetValue(mapping, out HashSet<ulong>? pages))
        {
            pages.UnionWith(mapping.ExternalPins.Pins.Select(pin => mapping.PageIndexOf(pin.Page)));
        }
    }

    private void Remember(Device device, Iova iova, uint? substream)
    {
        // By index: an enumerator of the interface would be allocated with every write of a device.
        for (int i = 0; i < _containers.Open.Count; i++)
        {
            Type1Container container = _containers.Open[i];
            if (container.IsTrackingDirtyPages && container.Mappings.Find(iova) is { } mapping && _maybeWritten.TryGetValue(mapping, out HashSet<ulong>? pages))
            {
                pages.Add(mapping.PageIndexOf(iova));
            }
        }
    }
}
