namespace Iopf.TestKit;

/// <summary>The generated documents of the repository; IOPF_UPDATE=1 rewrites them instead of comparing.</summary>
public static class Documents
{
    public static string PathOf(string name) => Path.Combine(Repository.Root, "docs", name);

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
