using Microsoft.Extensions.DependencyInjection;

namespace Iopf.Patches;

/// <summary>How each patch is switched on: the one place that names the rooms' extension methods.</summary>
internal static class PatchRegistrations
{
    /// <summary>Patch 1.</summary>
    public static Action<IServiceCollection> FaultReporting { get; } = static _ => { };

    /// <summary>Patch 2.</summary>
    public static Action<IServiceCollection> PageFaultHandler { get; } = static _ => { };

    /// <summary>Patch 3.</summary>
    public static Action<IServiceCollection> UnpinnedMapping { get; } = static _ => { };

    /// <summary>Patch 4.</summary>
    public static Action<IServiceCollection> Premap { get; } = static _ => { };

    /// <summary>Patch 5.</summary>
    public static Action<IServiceCollection> EnableIopf { get; } = static _ => { };

    /// <summary>Patch 6.</summary>
    public static Action<IServiceCollection> DeferredMapping { get; } = static _ => { };

    /// <summary>Patch 7.</summary>
    public static Action<IServiceCollection> SelectiveFaulting { get; } = static _ => { };

    /// <summary>Patch 8.</summary>
    public static Action<IServiceCollection> NestedIopf { get; } = static _ => { };
}
