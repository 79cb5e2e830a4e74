using System.Diagnostics.CodeAnalysis;
using Iopf.Kernel;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>What every part of the modeled kernel stands on.</summary>
public static class KernelServiceCollectionExtensions
{
    /// <summary>Adds one host's kernel, its single-threaded scheduler, and the options of both.</summary>
    /// <param name="services">The model's services.</param>
    /// <returns>The same services.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> is null.</exception>
    public static IServiceCollection AddKernel(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddCheckedOptions<CostOptions>();
        services.AddOptions<ErrataOptions>();
        services.TryAddScoped<Scheduler, InlineScheduler>();
        services.TryAddScoped(static provider => new HostKernel(
            provider.GetRequiredService<Scheduler>(),
            provider.GetRequiredService<IOptions<CostOptions>>().Value,
            provider.GetRequiredService<IOptions<ErrataOptions>>().Value.Errata));
        return services;
    }

    /// <summary>Adds an option class whose values are checked when they are first read.</summary>
    /// <typeparam name="T">The class; ranges are those of its <see cref="System.ComponentModel.DataAnnotations.RangeAttribute"/>s.</typeparam>
    /// <param name="services">The services.</param>
    /// <param name="configure">Sets values.</param>
    /// <returns>The same services.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> is null.</exception>
    public static IServiceCollection AddCheckedOptions<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.All)] T>(
        this IServiceCollection services, Action<T>? configure = null)
        where T : class, new()
    {
        ArgumentNullException.ThrowIfNull(services);
        OptionsBuilder<T> options = services.AddOptions<T>();
        if (configure is not null)
        {
            options.Configure(configure);
        }

        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<T>, OptionRules<T>>());
        return services;
    }
}
