using Iopf.Comparing;
using Iopf.Kernel;
using Iopf.Patches;
using Iopf.TestKit;
using Iopf.Views;

namespace Iopf.Scenarios.Tests.Views;

/// <summary>What every view makes of three scenarios, to the byte. IOPF_UPDATE=1 rewrites the files: look at them before you commit.</summary>
public sealed class GoldenTests
{
    private static readonly string[] Scenarios = ["first-fault", "munmap-under-dma", "nested-guest-fault"];
    private static readonly string[] Formats = ["text", "ftrace", "jsonl", "perfetto", "mermaid", "sequence", "svg", "dot"];

    public static TheoryData<string, string> Cases()
    {
        TheoryData<string, string> cases = [];
        foreach (string scenario in Scenarios)
        {
            foreach (string format in Formats)
            {
                cases.Add(scenario, format);
            }
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void View_of_a_scenario_is_what_it_was(string scenario, string format)
    {
        AssertIs($"{scenario}.{Extension(format)}", Looks.At(scenario).As(format));
    }

    [Theory]
    [InlineData("munmap-under-dma.strips.svg", "all")]
    [InlineData("munmap-under-dma.without-3.strips.svg", "1-2,4-8")]
    public void Strips_of_pages_over_time_are_what_they_were(string file, string patches)
    {
        RunRequest request = new(ScenarioFile.Load("munmap-under-dma"), null, new Dictionary<string, string>(), Seed: 0, Trace: null);
        ObservedRun run = ObservedRun.Of(ScenarioRun.Execute, request, new Variant(PatchSpec.Parse(patches), ErrataSet.None), withStates: true);

        AssertIs(file, StripsOverTime.Draw($"patches {patches}", run.States).ToString() + "\n");
    }

    private static void AssertIs(string file, string seen)
    {
        string path = Path.Combine(Repository.Root, "tests/data/traces", file);
        if (Environment.GetEnvironmentVariable("IOPF_UPDATE") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, seen);
        }

        Assert.Equal(File.ReadAllText(path), seen);
    }

    private static string Extension(string format) => format switch
    {
        "text" => "txt",
        "perfetto" => "perfetto.json",
        "mermaid" => "mmd",
        "sequence" => "sequence.svg",
        "svg" => "state.svg",
        _ => format,
    };
}
