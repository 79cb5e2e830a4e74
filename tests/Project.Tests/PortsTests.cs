using Iopf.Iommu;
using Iopf.Kernel;
using Iopf.Mm;
using Iopf.Patches;
using Iopf.TestKit;
using Iopf.Vfio;
using Iopf.VfioType1;
using Microsoft.Extensions.DependencyInjection;
using Moq;

namespace Iopf.Project.Tests;

/// <summary>A port is plain C#: a mock of it can be set up without tricks.</summary>
public sealed class PortsTests
{
    // What a class that takes ports may take beside them: the kernel and the memory.
    private static readonly HashSet<Type> Ground = [typeof(HostKernel), typeof(PhysicalMemory)];

    // Interfaces whose answers are not services: a device's handler, a queue's, a bus driver.
    private static readonly Type[] Handlers = [typeof(IDeviceFaultHandler), typeof(IFaultGroupHandler), typeof(IVfioDeviceOps)];

    private static readonly IServiceCollection Services = Compose();

    public static TheoryData<string> Names => [.. Ports.Keys.Order(StringComparer.Ordinal)];

    private static Dictionary<string, Type> Ports { get; } =
        Registered().Concat(PortsOfType1()).Concat(Handlers).Distinct().ToDictionary(port => port.Name);

    /// <remarks>The argument of an ioctl is the one exception: it stands for a place in user memory and cannot be kept.</remarks>
    [Theory]
    [MemberData(nameof(Names))]
    public void A_port_takes_and_returns_plain_values(string name)
    {
        IEnumerable<string> tricky =
            from method in Ports[name].GetMethods()
            from type in method.GetParameters().Select(parameter => parameter.ParameterType).Append(method.ReturnType)
            where type != typeof(UserArgument) && (type.IsByRef || type.IsByRefLike || type.IsPointer)
            select $"{name}.{method.Name}: {type}";

        Assert.Equal([], tricky);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_port_can_be_mocked(string name)
    {
        Mock mock = (Mock)Activator.CreateInstance(typeof(Mock<>).MakeGenericType(Ports[name]))!;

        Assert.IsAssignableFrom(Ports[name], mock.Object);
    }

    [Fact]
    public void What_only_an_erratum_needs_is_on_no_public_port()
    {
        IEnumerable<string> posted =
            from path in Repository.SourceFiles
            where path.Contains("/Ports/", StringComparison.Ordinal)
            let text = Repository.Read(path)
            where text.Contains("public interface", StringComparison.Ordinal) && text.Contains("nly the posted", StringComparison.Ordinal)
            select path;

        Assert.Equal([], posted);
    }

    [Fact]
    public void Patches_take_ports_and_no_concrete_neighbours()
    {
        HashSet<Type> classes = [.. Services.Select(service => service.ServiceType).Where(IsConcrete)];
        IEnumerable<string> concrete =
            from assembly in new[] { typeof(IDeviceFaultHandler).Assembly, typeof(ArmSmmuV3.Driver.ArmSmmuDriver).Assembly, typeof(IVfioDeviceOps).Assembly, typeof(Type1Container).Assembly }
            from type in assembly.GetTypes()
            where type.Namespace?.Contains(".Patches.", StringComparison.Ordinal) == true
            from constructor in type.GetConstructors()
            from parameter in constructor.GetParameters()
            from asked in parameter.ParameterType.GenericTypeArguments.Append(parameter.ParameterType)
            where asked.Namespace != type.Namespace && classes.Contains(asked)
            select $"{type.Name} takes {asked.Name}";

        Assert.Equal([], concrete);
    }

    private static bool IsConcrete(Type type) => type.IsClass && !type.IsAssignableTo(typeof(Delegate)) && !Ground.Contains(type);

    private static IServiceCollection Compose() => new ServiceCollection().AddIopfModel(options => options.Patches = PatchSet.All);

    private static IEnumerable<Type> Registered() =>
        from service in Services
        let type = service.ServiceType
        where type is { IsInterface: true, IsPublic: true, IsGenericType: false }
        where type.Assembly.GetName().Name is { } name && name.StartsWith("Iopf", StringComparison.Ordinal)
        select type;

    private static IEnumerable<Type> PortsOfType1() =>
        from path in Repository.SourceFiles
        where path.StartsWith("src/VfioType1/Ports/", StringComparison.Ordinal)
        let type = typeof(Type1Container).Assembly.GetType($"Iopf.VfioType1.{Path.GetFileNameWithoutExtension(path)}", throwOnError: true)!
        where type.IsInterface
        select type;
}
