using Microsoft.Extensions.DependencyInjection;

namespace Iopf.Patches;

/// <summary>How each patch is switched on: the one place that names the rooms' extension methods.</summary>
internal static class PatchRegistrations
{
    /// <summary>Patch 1.</summary>
    public static Action<IServiceCollection> FaultReporting { get; } = static services => services.AddFaultReporting();

    /// <summary>Patch 2.</summary>
    public static Action<IServiceCollection> PageFaultHandler { get; } = static services => services.AddPageFaultHandler();

    /// <summary>Patch 3.</summary>
    public static Action<IServiceCollection> UnpinnedMapping { get; } = static services => services.AddUnpinnedMapping();

    /// <summary>Patch 4.</summary>
    public static Action<IServiceCollection> Premap { get; } = static services => services.AddPremap();

    /// <summary>Patch 5.</summary>
    public static Action<IServiceCollection> EnableIopf { get; } = static services => services.AddEnableIopf();

    /// <summary>Patch 6.</summary>
    public static Action<IServiceCollection> DeferredMapping { get; } = static services => services.AddDeferredMapping();

    /// <summary>Patch 7.</summary>
    public static Action<IServiceCollection> SelectiveFaulting { get; } = static services => services.AddSelectiveFaulting();

    /// <summary>Patch 8.</summary>
    public static Action<IServiceCollection> NestedIopf { get; } = static services => services.AddNestedIopf();
}
