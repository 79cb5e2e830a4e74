using Microsoft.Extensions.DependencyInjection;

namespace Iopf.Kernel;

/// <summary>Puts the posted classes in the place of the corrected ones.</summary>
public static class AsPostedReplacements
{
    /// <summary>Puts a posted class wherever its corrected class is registered, if one of its defects is on; otherwise changes nothing.</summary>
    /// <remarks>Called after the patches are added: a patch that is off has no class to replace.</remarks>
    /// <typeparam name="TCorrected">The corrected class.</typeparam>
    /// <typeparam name="TPosted">The posted class.</typeparam>
    /// <param name="services">The model's services.</param>
    /// <param name="errata">The defects that are on.</param>
    /// <returns>The same services.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> is null.</exception>
    public static IServiceCollection ReplaceAsPosted<TCorrected, TPosted>(this IServiceCollection services, ErrataSet errata)
        where TCorrected : class
        where TPosted : TCorrected, IAsPosted
    {
        ArgumentNullException.ThrowIfNull(services);
        for (int i = 0; errata.Intersects(TPosted.Errata) && i < services.Count; i++)
        {
            ServiceDescriptor service = services[i];
            if (!service.IsKeyedService && service.ImplementationType == typeof(TCorrected))
            {
                services[i] = ServiceDescriptor.Describe(service.ServiceType, typeof(TPosted), service.Lifetime);
            }
        }

        return services;
    }
}
