using Iopf.Kernel;

namespace Iopf.VfioType1;

/// <summary>Baseline: a page stays pinned, and accounted, for as long as it is mapped.</summary>
internal sealed class PinnedWhileMapped : IPageResidency
{
    public void AfterMap(DmaMapping mapping, ReadOnlyMemory<Pfn> frames) => mapping.FaultPins += frames.Length;
}
