using Iopf.Kernel;

namespace Iopf.VfioType1.Patches.EnableIopf;

/// <summary>Patch 5: keeps switching IOPF on apart from groups coming and going.</summary>
/// <remarks>
/// Deviation: the posted code does all of it under <c>iommu-&gt;lock</c>, which the fault handler takes too (E43, E45). This lock is taken before
/// <c>iommu-&gt;lock</c> and by nobody who serves a fault, so faults in flight can be waited for under it.
/// </remarks>
internal class IopfSwitch(HostKernel kernel)
{
    public KernelMutex Lock { get; } = new(kernel.Scheduler, "iopf switch");

    /// <summary>Keeps others out until the scope is disposed of.</summary>
    /// <param name="container">The container.</param>
    /// <param name="function">The kernel function that does.</param>
    /// <returns>The scope.</returns>
    public virtual LockScope Hold(Type1Container container, string function) => Lock.Hold(function);
}
