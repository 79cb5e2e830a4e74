using Iopf.Kernel;

namespace Iopf.VfioType1.Patches.UnpinnedMapping;

/// <summary>Patch 3: once mapped, a page is let go; the MMU notifier takes over.</summary>
internal sealed class ReleasedAfterMap(IPageSource pages) : IPageResidency
{
    public void AfterMap(DmaMapping mapping, ReadOnlyMemory<Pfn> frames) => pages.Return(mapping.Owner, frames);
}
