using System.Reflection;
using Iopf.Kernel;
using Iopf.Machine;
using Iopf.Patches;
using Iopf.Settings;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Iopf;

/// <summary>Which services a modeled host consists of: the baseline, and over it the patches that are on.</summary>
internal static class ModelComposition
{
    private static readonly HashSet<Assembly> Own =
    [
        typeof(HostKernel).Assembly, typeof(Mm.PhysicalMemory).Assembly, typeof(Iommu.Device).Assembly, typeof(ArmSmmuV3.Driver.ArmSmmuDriver).Assembly,
        typeof(Vfio.VfioCore).Assembly, typeof(VfioType1.Type1Containers).Assembly, typeof(ModelComposition).Assembly,
    ];

    private static readonly Lazy<IReadOnlyList<HashSet<(Type Service, object Answer)>>> AnswersByPatch = new(static () =>
    {
        HashSet<(Type, object)> baseline = [.. Answers(Add([], PatchSet.None))];
        return [.. PatchCatalog.All.Select(patch => Answers(Add([], PatchSet.None.With(patch.Number))).Except(baseline).ToHashSet())];
    });

    private static readonly Lazy<IReadOnlyList<Type>> LazyServices = new(static () =>
        [.. Add([], PatchSet.None).Select(service => service.ServiceType).Where(IsOfModel).Union(Lists!)]);

    /// <summary>The ports that may have several answers.</summary>
    public static IReadOnlySet<Type> Lists { get; } = new HashSet<Type>
    {
        typeof(Vfio.IVfioIommuBackend), typeof(VfioType1.IContainerCommand), typeof(VfioType1.IGroupAttachStep),
        typeof(IInvariantChecker), typeof(Iommu.IFaultObserver), typeof(VfioType1.IDirtyLogObserver),
    };

    /// <summary>The types that a host's services are asked for by.</summary>
    public static IReadOnlyList<Type> Services => LazyServices.Value;

    /// <summary>Adds the baseline and the patches that are on: one host for each scope of the container.</summary>
    /// <param name="services">The services.</param>
    /// <param name="patches">Which patches are on.</param>
    /// <param name="errata">Which defects of the posted code are on.</param>
    /// <returns>The same services.</returns>
    public static ServiceCollection Add(ServiceCollection services, PatchSet patches, ErrataSet errata = default)
    {
        services.Configure<ErrataOptions>(options => options.Errata = errata);
        services.TryAddSingleton(new IopfOptions { Patches = patches, Errata = errata });
        services.TryAddScoped<HostView>();
        services.AddArmSmmuV3();
        services.AddVfioType1();

        // The only place where a patch is switched.
        foreach (int number in patches.Numbers)
        {
            PatchCatalog.Get(number).Register(services);
        }

        services.AddIommuErrata(errata);
        services.AddVfioType1Errata(errata);
        return services;
    }

    /// <summary>Whether an answer is one of the model's own, and not one that a caller put in its place.</summary>
    /// <param name="service">The descriptor.</param>
    public static bool IsOwn(ServiceDescriptor service) =>
        !service.IsKeyedService
        && Own.Contains(service.ImplementationType?.Assembly ?? service.ImplementationInstance?.GetType().Assembly ?? service.ImplementationFactory!.Method.Module.Assembly);

    /// <summary>Whether a service is one that a host is made of.</summary>
    /// <param name="type">The type it is asked for by.</param>
    public static bool IsOfModel(Type type) => Own.Contains(type.Assembly) && !type.IsGenericType;

    /// <summary>The patches whose answers are among services, put there by their own extension methods.</summary>
    /// <param name="services">The services.</param>
    public static PatchSet PatchesIn(IEnumerable<ServiceDescriptor> services)
    {
        HashSet<(Type, object)> answers = [.. Answers(services)];
        PatchSet patches = PatchSet.None;
        for (int number = 1; number <= PatchSet.Count; number++)
        {
            if (AnswersByPatch.Value[number - 1].Overlaps(answers))
            {
                patches = patches.With(number);
            }
        }

        return patches;
    }

    private static IEnumerable<(Type Service, object Answer)> Answers(IEnumerable<ServiceDescriptor> services) => services
        .Where(service => !service.IsKeyedService && IsOfModel(service.ServiceType) && service.ImplementationInstance is null)
        .Select(service => (service.ServiceType, (object?)service.ImplementationType ?? service.ImplementationFactory!.Method));
}
