using Iopf.Kernel;
using Iopf.Patches;
using Iopf.Settings;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Iopf;

/// <summary>The model in a caller's container: from what the container says now to the container of the next host.</summary>
/// <param name="services">The caller's services, looked at when the first host is made.</param>
internal sealed class ModelRegistration(IServiceCollection services) : IPostConfigureOptions<IopfOptions>
{
    // Reloaded options make another; older ones are forgotten.
    private const int Most = 16;

    private Composed[] _containers = [];

    /// <summary>The patches whose extension methods were called before the model was added.</summary>
    public PatchSet SwitchedOn { get; init; }

    /// <summary>Adds the patches that extension methods such as <c>AddPremap</c> switched on.</summary>
    /// <param name="name">The options' name.</param>
    /// <param name="options">The options.</param>
    public void PostConfigure(string? name, IopfOptions options)
    {
        foreach (int number in (int[])[.. SwitchedOn.Numbers, .. ModelComposition.PatchesIn(services).Numbers])
        {
            options.Patches = options.Patches.With(number);
        }
    }

    /// <summary>The container that the options in force ask for.</summary>
    /// <param name="provider">The caller's container.</param>
    /// <param name="isWatched">Whether the invariants are checked.</param>
    /// <exception cref="OptionsValidationException">A value in force is not allowed.</exception>
    public ModelContainer Current(IServiceProvider provider, bool isWatched)
    {
        object[] values = ValuesIn(provider);
        Composed[] known = Volatile.Read(ref _containers);
        foreach (Composed one in known)
        {
            if (one.IsWatched == isWatched && one.Values.AsSpan().SequenceEqual(values, ReferenceEqualityComparer.Instance))
            {
                return one.Container;
            }
        }

        ModelContainer container = new((IopfOptions)values[0], isWatched, inner => SettableOptions.Model.Fix(inner, values.AsSpan(1)), inner => TakeOwnAnswers(inner, provider));

        // Of two threads that compose the same at once, one is remembered; both containers are right.
        Interlocked.CompareExchange(ref _containers, [.. known.TakeLast(Most - 1), new(values, isWatched, container)], known);
        return container;
    }

    // The options of one moment. A monitor hands out the same object until something changes.
    private static object[] ValuesIn(IServiceProvider provider)
    {
        try
        {
            return [provider.GetRequiredService<IOptionsMonitor<IopfOptions>>().CurrentValue, .. SettableOptions.Model.CurrentValues(provider)];
        }
        catch (InvalidOperationException refused) when (refused.InnerException is FormatException or InputException or ArgumentException)
        {
            throw new OptionsValidationException(IopfOptions.Section, typeof(IopfOptions), [$"{refused.Message} {refused.InnerException.Message}"]);
        }
    }

    private void TakeOwnAnswers(IServiceCollection inner, IServiceProvider provider)
    {
        foreach (IGrouping<Type, ServiceDescriptor> answers in services
            .Where(static service => !service.IsKeyedService && ModelComposition.IsOfModel(service.ServiceType) && !ModelComposition.IsOwn(service))
            .GroupBy(static service => service.ServiceType))
        {
            bool isList = ModelComposition.Lists.Contains(answers.Key);
            foreach (ServiceDescriptor answer in isList ? answers : answers.TakeLast(1))
            {
                ServiceDescriptor taken = Take(answer, provider);
                if (isList)
                {
                    inner.Add(taken);
                }
                else
                {
                    inner.Replace(taken);
                }
            }
        }
    }

    /// <summary>What the caller's own answer is for a host: what it asks for comes from the host, and whatever else from the caller's container.</summary>
    private static ServiceDescriptor Take(ServiceDescriptor answer, IServiceProvider provider)
    {
        if (answer.ImplementationInstance is { } instance)
        {
            return ServiceDescriptor.Singleton(answer.ServiceType, instance);
        }

        Func<IServiceProvider, object> make = answer.ImplementationFactory ?? (host => ActivatorUtilities.CreateInstance(host, answer.ImplementationType!));
        return answer.Lifetime == ServiceLifetime.Singleton
            ? ServiceDescriptor.Singleton(answer.ServiceType, provider.GetServices(answer.ServiceType).Last(own => own is not null && (answer.ImplementationType?.IsInstanceOfType(own) ?? true))!)
            : ServiceDescriptor.Describe(answer.ServiceType, host => make(new HostThenCaller(host, provider)), answer.Lifetime);
    }

    private sealed record Composed(object[] Values, bool IsWatched, ModelContainer Container);

    /// <summary>Asks a host's services first, then the caller's.</summary>
    private sealed class HostThenCaller(IServiceProvider host, IServiceProvider caller) : IServiceProvider
    {
        public object? GetService(Type serviceType) => host.GetService(serviceType) ?? caller.GetService(serviceType);
    }
}
