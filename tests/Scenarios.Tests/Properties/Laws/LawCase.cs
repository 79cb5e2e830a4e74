using System.Globalization;
using Iopf.Patches;
using Iopf.TestKit;

namespace Iopf.Scenarios.Tests.Properties.Laws;

/// <summary>What is chosen for one try of a law.</summary>
/// <param name="Seed">Of its steps.</param>
/// <param name="Subset">The patches that are on, patch 1 in bit 0.</param>
/// <param name="Premap">The pre-map length.</param>
public sealed record LawCase(int Seed, int Subset, int Premap)
{
    private static readonly string[] Prelude =
    [
        """{"op":"open_container"}""", """{"op":"open_group","group":1}""", """{"op":"open_group","group":2}""", """{"op":"open_group","group":3}""",
        """{"op":"set_container","group":1}""", """{"op":"set_container","group":2}""", """{"op":"set_container","group":3}""",
        """{"op":"set_iommu"}""",
    ];

    private readonly List<string> _commands = [];
    private readonly List<(string File, string Text)> _texts = [];

    private string Patches => Subset == 0 ? "none" : string.Join(',', Enumerable.Range(1, 8).Where(number => (Subset >> (number - 1) & 1) != 0));

    /// <summary>Runs steps on a container with two devices of one SMMU and one of another.</summary>
    /// <param name="steps">The steps, as JSON.</param>
    /// <param name="premap">Another pre-map length.</param>
    /// <returns>What each of the steps came to.</returns>
    public IReadOnlyList<RunOperation> Run(IEnumerable<string> steps, int? premap = null)
    {
        string text = Document(steps);
        string file = Path.Combine("artifacts", "laws", string.Create(CultureInfo.InvariantCulture, $"{Seed}-{_commands.Count + 1}.json"));
        _commands.Add($"iopf run {file} --patches {Patches} --set Premap:Length={premap ?? Premap}");
        _texts.Add((file, text));
        RunResult result = ScenarioRun.Execute(new RunRequest(
            ScenarioFile.Parse(file, text),
            PatchSpec.Parse(Patches),
            new Dictionary<string, string> { ["Premap:Length"] = $"{premap ?? Premap}" },
            Seed: 0,
            Trace: null));
        Assert.Empty(result.Violations);
        return [.. result.Operations.Skip(Prelude.Length)];
    }

    /// <summary>Keeps the scenarios of a try that failed, and names the commands that run them.</summary>
    /// <returns>The commands, one a line.</returns>
    public string Keep()
    {
        foreach ((string file, string text) in _texts)
        {
            string path = Path.Combine(Repository.Root, file);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, text);
        }

        return string.Join('\n', _commands);
    }

    private static string Document(IEnumerable<string> steps) =>
        $$"""
        {
          "name": "law", "about": "made by a property test",
          "machine": {
            "smmus": [{"name": "smmu0"}, {"name": "smmu1"}],
            "devices": [
              {"name": "nic0", "stream_id": "0x10", "group": 1, "smmu": "smmu0"},
              {"name": "nic1", "stream_id": "0x11", "group": 2, "smmu": "smmu0"},
              {"name": "nic2", "stream_id": "0x12", "group": 3, "smmu": "smmu1"}
            ]
          },
          "steps": [
            {{string.Join(",\n    ", Prelude.Concat(steps))}}
          ]
        }
        """;
}
