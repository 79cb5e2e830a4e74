namespace Iopf.VfioType1.Patches.DeferredMapping;

/// <summary>What the dirty log of a mapping on demand is made from.</summary>
public enum DirtySource
{
    /// <summary>Nothing: every page is reported each time, as in the posting (E60).</summary>
    All,

    /// <summary>Write faults: pages are taken out when the log starts and each time it is read, so that the next write is noticed.</summary>
    Faults,
}
