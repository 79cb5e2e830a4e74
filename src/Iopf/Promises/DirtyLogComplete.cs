using Iopf.Iommu;
using Iopf.Kernel;
using Iopf.Machine;
using Iopf.VfioType1;

namespace Iopf.Promises;

/// <summary>D2: the dirty log forgets no page that was written.</summary>
/// <remarks>A group whose vendor driver pins has promised to write only what is pinned: other writes of it are its own breach.</remarks>
internal sealed class DirtyLogComplete : IInvariantChecker, IDirtyLogObserver
{
    private readonly Type1Containers _containers;
    private readonly Dictionary<DmaMapping, HashSet<ulong>> _written = [];
    private readonly List<string> _broken = [];

    public DirtyLogComplete(Type1Containers containers, HostView host)
    {
        ArgumentNullException.ThrowIfNull(host);
        _containers = containers;
        host.Written += Remember;
    }

    public string Id => "D2";

    public string Promise => "The dirty log never leaves out a page that a device wrote or may be writing.";

    public void Started(DmaMapping mapping) => _written[mapping] = [];

    public void Written(DmaMapping mapping, ulong page, ulong count)
    {
        for (ulong at = page; at < page + count; at++)
        {
            _written.GetValueOrDefault(mapping)?.Add(at);
        }
    }

    public void Reported(Type1Container container, DmaMapping mapping, bool isWhole)
    {
        HashSet<ulong> written = _written.GetValueOrDefault(mapping) ?? [];
        IEnumerable<ulong> pinned = mapping.ExternalPins.Pins.Select(pin => mapping.PageIndexOf(pin.Page));
        foreach (ulong page in written.Union(pinned).Order())
        {
            if (mapping.Dirty?[page] != true)
            {
                _broken.Add($"{container}, iova {mapping.IovaOfPage(page)} was written or is pinned, but is not reported dirty");
            }
        }

        written.Clear();
    }

    public void Check(bool hasFailed, Action<string> report)
    {
        _broken.ForEach(report);
        _broken.Clear();
    }

    private void Remember(Device device, Iova iova, uint? substream)
    {
        // What a guest's own tables or a process's shared table lead to is not an iova of a container.
        if (substream is not null || device.Group is not { Domain.LeavesStage1ToGuest: false } group)
        {
            return;
        }

        // By index: an enumerator of the interface would be allocated with every write of a device.
        for (int i = 0; i < _containers.Open.Count; i++)
        {
            Type1Container container = _containers.Open[i];
            if (container.IsTrackingDirtyPages
                && container.FindGroup(group) is { } found
                && container.Mappings.Find(iova) is { } mapping
                && _written.TryGetValue(mapping, out HashSet<ulong>? pages)
                && (!found.Group.HasPinnedDirtyScope || mapping.ExternalPins.Contains(iova.PageStart)))
            {
                pages.Add(mapping.PageIndexOf(iova));
            }
        }
    }
}
