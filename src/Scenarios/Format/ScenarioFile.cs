using Iopf.Kernel;
using Iopf.Scenarios.Format;
using Iopf.Settings;

namespace Iopf.Scenarios;

/// <summary>Where scenarios come from: the built-in ones by name, others by file name.</summary>
public static class ScenarioFile
{
    private const string Prefix = "Iopf.Scenarios.BuiltIn.";
    private const string Extension = ".json";
    private const long LongestFile = 32 << 20;
    private const int BlockBytes = 1 << 16;

    private static readonly Lazy<IReadOnlyDictionary<string, Scenario>> s_builtIn = new(LoadBuiltIn);

    /// <summary>The built-in scenarios, by name.</summary>
    public static IReadOnlyList<ScenarioInfo> BuiltIn =>
        [.. s_builtIn.Value.Values.Select(scenario => new ScenarioInfo(scenario.Name, scenario.About, scenario.Patch, scenario.HasWorkload))];

    /// <summary>The format's JSON schema (draft 2020-12).</summary>
    public static string Schema { get; } = ReadResource("Iopf.Scenarios.scenario.schema.json");

    /// <summary>Loads a scenario.</summary>
    /// <param name="nameOrPath">The name of a built-in scenario, or else the path of a file.</param>
    /// <returns>The scenario.</returns>
    /// <exception cref="InputException">There is no such scenario, or the file is not one.</exception>
    public static Scenario Load(string nameOrPath)
    {
        ArgumentNullException.ThrowIfNull(nameOrPath);
        if (s_builtIn.Value.TryGetValue(nameOrPath, out Scenario? scenario))
        {
            return scenario;
        }

        if (!File.Exists(nameOrPath))
        {
            string names = NearestNames.List(s_builtIn.Value.Keys, nameOrPath);
            throw new InputException($"{nameOrPath}: there is no such file and no built-in scenario of that name; built-in: {names}");
        }

        return ScenarioReader.Read(nameOrPath, ReadText(nameOrPath));
    }

    /// <summary>Reads a scenario from text.</summary>
    /// <param name="source">What errors call the text.</param>
    /// <param name="text">JSON.</param>
    /// <returns>The scenario.</returns>
    /// <exception cref="InputException">The text is not a scenario.</exception>
    public static Scenario Parse(string source, string text) => ScenarioReader.Read(source, text);

    private static string ReadText(string path)
    {
        try
        {
            // What a file says of its length is not believed: a device has none, and no end.
            using FileStream file = File.OpenRead(path);
            using MemoryStream text = new();
            byte[] block = new byte[BlockBytes];
            while (file.Read(block) is int count and > 0)
            {
                text.Write(block, 0, count);
                if (text.Length > LongestFile)
                {
                    throw new InputException($"{path}: expected a scenario of at most {LongestFile} bytes");
                }
            }

            text.Position = 0;
            using StreamReader reader = new(text);
            return reader.ReadToEnd();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"{path}: cannot be read: {error.Message}", error);
        }
    }

    private static string ReadResource(string name)
    {
        using StreamReader reader = new(typeof(ScenarioFile).Assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }

    private static SortedDictionary<string, Scenario> LoadBuiltIn()
    {
        SortedDictionary<string, Scenario> scenarios = new(StringComparer.Ordinal);
        string[] resources = typeof(ScenarioFile).Assembly.GetManifestResourceNames();
        foreach (string resource in resources.Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)))
        {
            string name = resource[Prefix.Length..^Extension.Length];
            scenarios.Add(name, ScenarioReader.Read(name, ReadResource(resource)));
        }

        return scenarios;
    }
}
