using Iopf.Patches;
using Microsoft.Extensions.DependencyInjection;

namespace Iopf.Project.Tests;

/// <summary>One port whose answer a patch changes.</summary>
/// <param name="Port">The port's type name.</param>
/// <param name="Baseline">The class that answers without the patch; "-" for a list.</param>
/// <param name="Answer">The class that answers with it.</param>
/// <param name="IsList">Whether the patch adds to a list instead of replacing an answer.</param>
internal sealed record PortChange(string Port, string Baseline, string Answer, bool IsList);

/// <summary>What a patch really changes, read off the container.</summary>
internal static class PortChanges
{
    public static IReadOnlyList<PortChange> Of(PatchModule patch)
    {
        ServiceCollection before = new();
        before.AddIopfModel(options => options.Patches = PatchSet.None);
        ServiceCollection after = new();
        after.AddIopfModel(options => options.Patches = PatchSet.None);
        patch.Register(after);

        using ServiceProvider baseline = before.BuildServiceProvider();
        using ServiceProvider patched = after.BuildServiceProvider();
        List<PortChange> changes = [];
        foreach (Type port in after.Select(service => service.ServiceType).Distinct().Where(IsPort))
        {
            if (NamesOf(baseline, port) is var old && NamesOf(patched, port) is var now && !old.SequenceEqual(now))
            {
                bool isList = now.Count > old.Count;
                changes.Add(new PortChange(port.Name, isList ? "-" : old.Single(), now.Except(old).Single(), isList));
            }
        }

        return changes;
    }

    private static bool IsPort(Type type) =>
        type.IsInterface && !type.IsGenericType && type.Namespace!.StartsWith("Iopf.", StringComparison.Ordinal);

    private static List<string> NamesOf(ServiceProvider provider, Type port) =>
        [.. provider.GetServices(port).Select(answer => answer!.GetType().Name)];
}
