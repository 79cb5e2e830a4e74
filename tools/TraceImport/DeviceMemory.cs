namespace Iopf.TraceImport;

/// <summary>Tells mappings of a device's own memory (BARs) from those of RAM, where the log tells how large the BARs are.</summary>
internal static class DeviceMemory
{
    /// <summary>Marks the mappings that lie in one piece, holes left out, of the size of a BAR.</summary>
    public static IReadOnlyList<ImportedStep> Marked(IReadOnlyList<ImportedStep> steps, IReadOnlyList<ulong> barSizes)
    {
        if (barSizes.Count == 0)
        {
            return steps;
        }

        HashSet<ulong> offsets = [];
        foreach (IGrouping<ulong, ImportedStep> piece in Maps(steps).GroupBy(step => unchecked(step.Vaddr!.Value - step.Iova)))
        {
            if (barSizes.Contains(piece.Max(step => step.Last) - piece.Min(step => step.Iova) + 1))
            {
                offsets.Add(piece.Key);
            }
        }

        return [.. steps.Select(step =>
            step is { Kind: ImportedKind.Map, Vaddr: ulong vaddr } && offsets.Contains(unchecked(vaddr - step.Iova)) ? step with { IsDeviceMemory = true } : step)];
    }

    private static IEnumerable<ImportedStep> Maps(IReadOnlyList<ImportedStep> steps) =>
        steps.Where(step => step is { Kind: ImportedKind.Map, Vaddr: not null });
}
