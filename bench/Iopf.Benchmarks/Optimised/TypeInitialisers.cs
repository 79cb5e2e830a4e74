using System.Reflection;
using System.Runtime.CompilerServices;

namespace Iopf.Benchmarks.Optimised;

/// <summary>Types initialised before the methods that use them are compiled, so that their read-only fields are constants in the code, as at tier 1.</summary>
internal static class TypeInitialisers
{
    private const string Measured = "Iopf";

    /// <summary>Initialises all types of Iopf.*.</summary>
    public static void Run()
    {
        HashSet<string> seen = [];
        Queue<Assembly> next = new([typeof(TypeInitialisers).Assembly]);
        while (next.TryDequeue(out Assembly? assembly))
        {
            foreach (Type type in assembly.GetTypes().Where(static type => type is { TypeInitializer: not null, ContainsGenericParameters: false }))
            {
                RuntimeHelpers.RunClassConstructor(type.TypeHandle);
            }

            foreach (AssemblyName name in assembly.GetReferencedAssemblies().Where(IsMeasured).Where(name => seen.Add(name.Name!)))
            {
                next.Enqueue(Assembly.Load(name));
            }
        }
    }

    private static bool IsMeasured(AssemblyName name) => name.Name!.StartsWith(Measured, StringComparison.Ordinal);
}
