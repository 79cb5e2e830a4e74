using System.Collections.Concurrent;
using Iopf.Kernel;
using Iopf.Settings;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Iopf;

/// <summary>The model in a caller's container: from what its options say now to the container of the next host.</summary>
/// <param name="provider">The caller's container.</param>
/// <param name="registration">What the caller registered.</param>
internal sealed class ModelSource(IServiceProvider provider, ModelRegistration registration) : IDisposable
{
    // Reloaded options make another; older ones are forgotten.
    private const int MostContainers = 16;

    [ThreadStatic]
    private static bool t_isComposing;

    private readonly ConcurrentDictionary<ServiceDescriptor, Lazy<object>> _singletons = [];
    private readonly IReadOnlyList<IGrouping<Type, ServiceDescriptor>> _ownAnswers = [.. registration.OwnAnswers];
    private Composed[] _containers = [];

    /// <summary>The container that the options in force ask for.</summary>
    /// <param name="isWatched">Whether the invariants are checked.</param>
    /// <exception cref="OptionsValidationException">A value in force is not allowed.</exception>
    public ModelContainer Current(bool isWatched)
    {
        if (t_isComposing)
        {
            throw new InvalidOperationException(
                "an answer that is registered as Singleton is one for all hosts and cannot ask for a service of a host; register it as Scoped");
        }

        object[] values = ValuesInForce();
        Composed[] known = Volatile.Read(ref _containers);
        foreach (Composed one in known)
        {
            if (one.IsWatched == isWatched && one.Values.AsSpan().SequenceEqual(values, ReferenceEqualityComparer.Instance))
            {
                return one.Container;
            }
        }

        IopfOptions options = (IopfOptions)values[0];
        ModelContainer container = Compose(options, values, isWatched);
        container.Require(_ownAnswers.Select(static answers => answers.Key));

        // Of two threads that compose the same at once, one is remembered; both containers are right.
        Interlocked.CompareExchange(ref _containers, [.. known.TakeLast(MostContainers - 1), new(values, isWatched, container)], known);
        return container;
    }

    public void Dispose()
    {
        foreach (IDisposable singleton in _singletons.Values.Where(static made => made.IsValueCreated).Select(static made => made.Value).OfType<IDisposable>())
        {
            singleton.Dispose();
        }
    }

    // Singletons of the caller's are made here, from the caller's container, where a port would be that of a host.
    private ModelContainer Compose(IopfOptions options, object[] values, bool isWatched)
    {
        t_isComposing = true;
        try
        {
            return new ModelContainer(options.Copy(), isWatched, inner => SettableOptions.Model.Fix(inner, values.AsSpan(1)), TakeOwnAnswers);
        }
        finally
        {
            t_isComposing = false;
        }
    }

    // A monitor hands out the same object until something changes.
    private object[] ValuesInForce()
    {
        try
        {
            return [provider.GetRequiredService<IOptionsMonitor<IopfOptions>>().CurrentValue, .. SettableOptions.Model.CurrentValues(provider)];
        }
        catch (InvalidOperationException refused) when (refused.InnerException is FormatException or InputException or ArgumentException)
        {
            throw new OptionsValidationException(Options.DefaultName, typeof(IopfOptions), [$"{refused.Message} {refused.InnerException.Message}"]);
        }
    }

    private void TakeOwnAnswers(IServiceCollection inner)
    {
        inner.AddScoped(host => new CallerServices(host, provider));
        foreach (IGrouping<Type, ServiceDescriptor> answers in _ownAnswers)
        {
            if (ModelComposition.Lists.Contains(answers.Key))
            {
                foreach (ServiceDescriptor answer in answers)
                {
                    inner.Add(Taken(answer, () => Singleton(answer)));
                }
            }
            else
            {
                inner.Replace(Taken(answers.Last(), () => provider.GetRequiredService(answers.Key)));
            }
        }
    }

    private object Singleton(ServiceDescriptor answer) =>
        _singletons.GetOrAdd(answer, one => new(() => one.ImplementationFactory?.Invoke(provider) ?? ActivatorUtilities.CreateInstance(provider, one.ImplementationType!))).Value;

    /// <summary>What a caller's answer is for a host: a singleton of the caller's stays that; another is made for each host.</summary>
    private ServiceDescriptor Taken(ServiceDescriptor answer, Func<object> singleton)
    {
        if (answer.Lifetime == ServiceLifetime.Singleton)
        {
            return ServiceDescriptor.Singleton(answer.ServiceType, answer.ImplementationInstance ?? singleton());
        }

        Func<IServiceProvider, object> make = answer.ImplementationFactory ?? (host => ActivatorUtilities.CreateInstance(host, answer.ImplementationType!));
        return ServiceDescriptor.Describe(answer.ServiceType, host => make(new HostThenCaller(host, host.GetRequiredService<CallerServices>().Provider)), answer.Lifetime);
    }

    private sealed record Composed(object[] Values, bool IsWatched, ModelContainer Container);

    /// <summary>Asks a host for what it is made of, and the caller's container for everything else.</summary>
    private sealed class HostThenCaller(IServiceProvider host, IServiceProvider caller) : IServiceProvider
    {
        public object? GetService(Type serviceType) => (IsOfHost(serviceType) ? host : caller).GetService(serviceType);

        private static bool IsOfHost(Type type) =>
            type.IsConstructedGenericType ? type.GenericTypeArguments.All(ModelComposition.IsOfModel) : ModelComposition.IsOfModel(type);
    }
}
