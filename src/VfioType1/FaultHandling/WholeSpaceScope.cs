using Iopf.Kernel;

namespace Iopf.VfioType1;

/// <summary>Baseline: a device may fault anywhere.</summary>
internal sealed class WholeSpaceScope : IFaultableScope
{
    public IovaRange? ScopeOf(Type1Group group, Iova page) => IovaRange.All;
}
