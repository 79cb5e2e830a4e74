using Iopf.Kernel;

namespace Iopf.TraceImport;

/// <summary>The memory behind the mappings of a trace: where the trace does not say where it is, a place is chosen.</summary>
internal sealed class MemoryPlan
{
    private const ulong ChosenBase = 0x2000_0000_0000;
    private const ulong ChosenMask = 0x0fff_ffff_ffff;
    private const ulong FirstDeviceFrame = 0x100_0000;
    private readonly List<Area> _areas = [];
    private ulong _deviceFrame = FirstDeviceFrame;

    /// <summary>Plans the memory of all mappings but those whose memory was missing.</summary>
    public MemoryPlan(IEnumerable<ImportedStep> steps)
    {
        foreach (ImportedStep step in steps.Where(step => step is { Kind: ImportedKind.Map, Error: not Errno.EFAULT }))
        {
            ulong first = VaddrOf(step) & ~(Page.Size - 1);
            ulong end = unchecked(VaddrOf(step) + step.Size + Page.Size - 1) & ~(Page.Size - 1);
            if (end > first && end <= 1UL << 48 && first >= Page.Size)
            {
                Add(new Area(first, end, step.IsDeviceMemory));
            }
        }
    }

    /// <summary>The areas, in ascending order; none touches another of its kind.</summary>
    public IReadOnlyList<Area> Areas => _areas;

    /// <summary>The user address behind a mapping.</summary>
    public static ulong VaddrOf(ImportedStep step) => step.Vaddr ?? ChosenBase + (step.Iova & ChosenMask);

    /// <summary>Whether two mappings lead to the same memory, in whole or in part.</summary>
    public static bool SharesMemory(ImportedStep one, ImportedStep other) =>
        VaddrOf(one) < VaddrOf(other) + other.Size && VaddrOf(other) < VaddrOf(one) + one.Size;

    /// <summary>Whether all memory behind a mapping is there.</summary>
    public bool Covers(ImportedStep step) =>
        _areas.Exists(area => area.First <= VaddrOf(step) && VaddrOf(step) + step.Size <= area.End);

    /// <summary>A page frame for an area of device memory.</summary>
    public ulong TakeFrames(Area area)
    {
        ulong first = _deviceFrame;
        _deviceFrame += (area.End - area.First) >> Page.Shift;
        return first;
    }

    private void Add(Area area)
    {
        // RAM that is seen through several windows is one area; device memory never grows into RAM.
        foreach (Area other in _areas.ToArray())
        {
            if (other.First <= area.End && area.First <= other.End && (other.IsDevice == area.IsDevice || (other.First < area.End && area.First < other.End)))
            {
                _areas.Remove(other);
                area = new Area(Math.Min(area.First, other.First), Math.Max(area.End, other.End), area.IsDevice && other.IsDevice);
            }
        }

        int index = _areas.FindIndex(other => other.First > area.First);
        _areas.Insert(index < 0 ? _areas.Count : index, area);
    }

    /// <summary>One area of memory.</summary>
    /// <param name="First">Its first address.</param>
    /// <param name="End">The address after its last one.</param>
    /// <param name="IsDevice">Whether it is a device's own.</param>
    internal sealed record Area(ulong First, ulong End, bool IsDevice);
}
