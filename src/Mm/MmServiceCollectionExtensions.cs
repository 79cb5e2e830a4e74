using Iopf.Mm;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Host memory.</summary>
public static class MmServiceCollectionExtensions
{
    /// <summary>Adds host memory, and the kernel that it stands on.</summary>
    /// <param name="services">The model's services.</param>
    /// <returns>The same services.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> is null.</exception>
    public static IServiceCollection AddMm(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddKernel();
        services.TryAddScoped<PhysicalMemory>();
        return services;
    }
}
