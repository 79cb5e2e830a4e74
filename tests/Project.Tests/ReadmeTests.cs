using System.Text.RegularExpressions;
using Iopf.TestKit;

namespace Iopf.Project.Tests;

public sealed partial class ReadmeTests
{
    private const string LibraryPage = "docs/library.md";
    private static readonly string Readme = Repository.Read("README.md");
    private static readonly string Library = Repository.Read(LibraryPage);

    [Fact]
    public void The_sample_maps_faults_invalidates_and_prints_the_trace()
    {
        string trace = SampleOutput();

        Assert.Contains("vfio_dma_do_map", trace, StringComparison.Ordinal);
        Assert.Contains("transaction 0 stalls", trace, StringComparison.Ordinal);
        Assert.Contains("answer Success to group 0x0", trace, StringComparison.Ordinal);
        Assert.Contains("mn_invalidate_range", trace, StringComparison.Ordinal);
    }

    [Fact]
    public void The_trace_of_the_library_page_is_what_the_sample_prints()
    {
        Group shown = Trace().Match(Library).Groups["lines"];
        string[] parts = shown.Value.Split("...\n");
        if (Environment.GetEnvironmentVariable("IOPF_UPDATE") is not null)
        {
            string whole = SampleOutput();
            string header = whole[..(whole.IndexOf('\n', StringComparison.Ordinal) + 1)];
            string fromTheDma = whole[whole.LastIndexOf("\n\n", whole.IndexOf(" write ", StringComparison.Ordinal), StringComparison.Ordinal)..][1..];
            string updated = Library[..shown.Index] + header + "...\n" + fromTheDma + Library[(shown.Index + shown.Length)..];
            File.WriteAllText(Path.Combine(Repository.Root, LibraryPage), updated);
            return;
        }

        Assert.Equal(2, parts.Length);
        Assert.StartsWith(parts[0], SampleOutput(), StringComparison.Ordinal);
        Assert.EndsWith(parts[1], SampleOutput(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_long_sample_of_the_library_page_is_the_one_that_is_compiled_and_has_at_most_20_lines()
    {
        string source = Repository.Read("tests/Project.Tests/ReadmeSample.cs");
        string[] lines = [.. Sample().Match(source).Groups["lines"].Value.TrimEnd().Split('\n').Select(line => line.Length > 8 ? line[8..] : "")];

        Assert.Contains("```csharp\n" + string.Join('\n', lines) + "\n```", Library, StringComparison.Ordinal);
        Assert.True(lines.Count(line => line.Length > 0) <= 20);
    }

    [Fact]
    public void Every_file_that_the_README_links_to_exists() =>
        Assert.Equal(
            [],
            Link().Matches(Readme).Select(link => link.Groups["path"].Value).Where(path => !Path.Exists(Path.Combine(Repository.Root, path))));

    [Fact]
    public void The_README_has_two_screens() => Assert.InRange(Readme.Split('\n').Length, 1, 110);

    [Fact]
    public void The_test_command_of_the_README_is_the_one_that_CI_runs()
    {
        Assert.Contains("$ dotnet test Iopf.sln -c Release\n", Readme, StringComparison.Ordinal);
        Assert.Contains("dotnet test Iopf.sln -c Release", Repository.Read(".ci/run"), StringComparison.Ordinal);
    }

    private static string SampleOutput()
    {
        using StringWriter output = new() { NewLine = "\n" };
        ReadmeSample.Run(output);
        return output.ToString();
    }

    [GeneratedRegex("```text\n(?<lines>.*?)```", RegexOptions.Singleline)]
    private static partial Regex Trace();

    [GeneratedRegex(@"// sample\n(?<lines>.*?)\s*// end of sample", RegexOptions.Singleline)]
    private static partial Regex Sample();

    [GeneratedRegex(@"\]\((?<path>[^)#:]+)\)")]
    private static partial Regex Link();
}
