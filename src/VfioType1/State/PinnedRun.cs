using Iopf.Kernel;

namespace Iopf.VfioType1;

/// <summary>Pinned pages whose frames follow each other.</summary>
/// <param name="First">The first frame.</param>
/// <param name="PageCount">How many pages.</param>
internal readonly record struct PinnedRun(Pfn First, long PageCount);
