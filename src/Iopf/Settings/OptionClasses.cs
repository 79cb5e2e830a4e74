using Iopf.Density;
using Iopf.Kernel;
using Iopf.VfioType1;
using Iopf.VfioType1.Patches.DeferredMapping;
using Iopf.VfioType1.Patches.Premap;

namespace Iopf.Settings;

/// <summary>The option classes a user may set: the one place that lists them.</summary>
internal static class OptionClasses
{
    /// <summary>All of them, in the order in which they are listed to a user.</summary>
    public static IReadOnlyList<OptionClass> All { get; } =
    [
        OptionClass.Of<PremapOptions>(),
        OptionClass.Of<CostOptions>(),
        OptionClass.Of<Type1Options>(),
        OptionClass.Of<DirtyOptions>(),
        OptionClass.Of<DensityOptions>(),
    ];
}
