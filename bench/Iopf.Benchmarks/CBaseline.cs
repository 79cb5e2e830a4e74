using System.Runtime.InteropServices;

namespace Iopf.Benchmarks;

/// <summary>The same radix tree in C: bench/c-baseline, compiled by eng/bench.</summary>
internal sealed partial class CBaseline : IDisposable
{
    private const string Library = "baseline";
    private const ulong ChunksOfMemory = 64;
    private readonly nint _radix = Create(ChunksOfMemory);

    /// <summary>Walks pages in the order given.</summary>
    public void Walk(ulong first, int[] order) => Require(Walk(_radix, first, order, (ulong)order.Length), (ulong)order.Length);

    /// <summary>Maps pages, so many in a call.</summary>
    public void Map(ulong iova, ulong physical, ulong pages, ulong perCall) => Require(Map(_radix, iova, physical, pages, perCall), pages);

    /// <summary>Unmaps pages, so many in a call.</summary>
    public void Unmap(ulong iova, ulong pages, ulong perCall) => Require(Unmap(_radix, iova, pages, perCall), pages);

    public void Dispose() => Destroy(_radix);

    private static void Require(ulong actual, ulong expected)
    {
        if (actual != expected)
        {
            throw new InvalidOperationException($"the C baseline did {actual} of {expected} pages");
        }
    }

    [LibraryImport(Library, EntryPoint = "baseline_create")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory)]
    private static partial nint Create(ulong chunks);

    [LibraryImport(Library, EntryPoint = "baseline_destroy")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory)]
    private static partial void Destroy(nint radix);

    [LibraryImport(Library, EntryPoint = "baseline_walk")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory)]
    private static partial ulong Walk(nint radix, ulong first, int[] order, ulong count);

    [LibraryImport(Library, EntryPoint = "baseline_map")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory)]
    private static partial ulong Map(nint radix, ulong iova, ulong physical, ulong pages, ulong perCall);

    [LibraryImport(Library, EntryPoint = "baseline_unmap")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory)]
    private static partial ulong Unmap(nint radix, ulong iova, ulong pages, ulong perCall);
}
