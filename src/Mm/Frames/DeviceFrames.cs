using Iopf.Kernel;

namespace Iopf.Mm;

/// <summary>Which frames are memory of devices.</summary>
internal sealed class DeviceFrames
{
    private readonly List<(Pfn First, ulong Count)> _ranges = [];

    public void Add(Pfn first, ulong count) => _ranges.Add((first, count));

    public bool Contains(Pfn frame)
    {
        foreach ((Pfn first, ulong count) in _ranges)
        {
            if (frame.Value - first.Value < count)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The range of device memory that some frames touch.</summary>
    public (Pfn First, ulong Count)? FindIn(ulong first, ulong count)
    {
        foreach ((Pfn First, ulong Count) range in _ranges)
        {
            if (first < range.First.Value + range.Count && range.First.Value < first + count)
            {
                return range;
            }
        }

        return null;
    }
}
