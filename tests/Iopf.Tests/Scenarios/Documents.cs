using System.Runtime.CompilerServices;

namespace Iopf.Tests.Scenarios;

/// <summary>The generated documents of the repository; IOPF_UPDATE=1 rewrites them instead of comparing.</summary>
internal static class Documents
{
    public static string PathOf(string name, [CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../../../docs", name));

    public static void AssertUpToDate(string name, string expected)
    {
        string path = PathOf(name);
        if (Environment.GetEnvironmentVariable("IOPF_UPDATE") == "1")
        {
            File.WriteAllText(path, expected);
        }

        Assert.Equal(expected, File.ReadAllText(path));
    }
}
