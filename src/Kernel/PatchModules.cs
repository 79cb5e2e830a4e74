using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Iopf.Kernel;

/// <summary>What the module of a patch does to a container.</summary>
public static class PatchModules
{
    private static readonly string[] Model = ["Iopf.Kernel", "Iopf.Mm", "Iopf.Iommu", "Iopf.ArmSmmuV3", "Iopf.Vfio", "Iopf.VfioType1", "Iopf"];

    /// <summary>Notes that a patch is on.</summary>
    /// <param name="services">The services.</param>
    /// <param name="patch">Its number in the series, from 1.</param>
    /// <returns>The same services.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> is null.</exception>
    public static IServiceCollection SwitchOn(this IServiceCollection services, int patch)
    {
        ArgumentNullException.ThrowIfNull(services);
        return services.SwitchedOn().Contains(patch) ? services : services.AddSingleton(new PatchSwitch(patch));
    }

    /// <summary>The patches whose modules were added.</summary>
    /// <param name="services">The services.</param>
    /// <returns>Their numbers.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> is null.</exception>
    public static IEnumerable<int> SwitchedOn(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        return services.Where(static service => !service.IsKeyedService).Select(static service => service.ImplementationInstance).OfType<PatchSwitch>().Select(static one => one.Patch);
    }

    /// <summary>Answers a port as a patch does, in place of the baseline. An answer of the caller's own stays.</summary>
    /// <remarks>Once <c>AddIopfModel</c> was called, a host's ports are answered by its own container, and this changes nothing.</remarks>
    /// <param name="services">The services.</param>
    /// <param name="answer">The port and its answer.</param>
    /// <returns>The same services.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    public static IServiceCollection Answer(this IServiceCollection services, ServiceDescriptor answer)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(answer);
        ServiceDescriptor? known = services.LastOrDefault(service => !service.IsKeyedService && service.ServiceType == answer.ServiceType);
        bool isLeft = known is not null && (!known.IsOfModel() || services.Any(static service => service.ServiceType == typeof(ComposedModel)));
        return isLeft ? services : services.Replace(answer);
    }

    /// <summary>Whether an answer is one of the model's own, and not one that a caller put in its place.</summary>
    /// <param name="service">The port and its answer.</param>
    /// <returns>Whether it is.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="service"/> is null.</exception>
    public static bool IsOfModel(this ServiceDescriptor service)
    {
        ArgumentNullException.ThrowIfNull(service);
        return !service.IsKeyedService
            && IsOfModel(service.ImplementationType?.Assembly ?? service.ImplementationInstance?.GetType().Assembly ?? service.ImplementationFactory!.Method.Module.Assembly);
    }

    /// <summary>Whether a type is one of the model's own.</summary>
    /// <param name="type">The type.</param>
    /// <returns>Whether it is.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="type"/> is null.</exception>
    public static bool IsOfModel(Type type)
    {
        ArgumentNullException.ThrowIfNull(type);
        return IsOfModel(type.Assembly);
    }

    private static bool IsOfModel(Assembly assembly) => Array.IndexOf(Model, assembly.GetName().Name) >= 0;
}
