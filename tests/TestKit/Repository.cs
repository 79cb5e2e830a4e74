namespace Iopf.TestKit;

/// <summary>The checkout the tests run from.</summary>
public static class Repository
{
    public static string Root { get; } = FindRoot(AppContext.BaseDirectory);

    /// <summary>The source files of the rooms, as paths relative to the root with forward slashes.</summary>
    public static IReadOnlyList<string> SourceFiles { get; } = [.. FilesBelow("src"), .. FilesBelow("tools")];

    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path)).ReplaceLineEndings("\n");

    public static IReadOnlyList<string> FilesBelow(string folder) =>
        [.. Directory.EnumerateFiles(Path.Combine(Root, folder), "*.cs", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(Root, path).Replace('\\', '/'))
            .Where(path => !path.Contains("/obj/", StringComparison.Ordinal) && !path.Contains("/bin/", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)];

    private static string FindRoot(string folder)
    {
        for (DirectoryInfo? at = new(folder); at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, "Iopf.sln")))
            {
                return at.FullName;
            }
        }

        throw new DirectoryNotFoundException($"no Iopf.sln above {folder}");
    }
}
