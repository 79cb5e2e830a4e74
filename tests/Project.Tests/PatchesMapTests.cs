using System.Text.RegularExpressions;
using Iopf.Patches;
using Iopf.TestKit;

namespace Iopf.Project.Tests;

public sealed partial class PatchesMapTests
{
    private static readonly string Map = Repository.Read("patches-map.md");

    [Fact]
    public void The_map_has_a_section_for_each_patch_with_the_subject_of_its_mail() =>
        Assert.Equal(
            PatchCatalog.All.Select(patch => $"{patch.Number}/8 {patch.Title}"),
            Heading().Matches(Map).Select(heading => heading.Groups["subject"].Value));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public void The_ports_of_a_section_are_those_that_its_patch_really_changes(int number)
    {
        IEnumerable<string> mapped = PortRow().Matches(Section(number))
            .Select(row => $"{row.Groups["port"].Value}: {row.Groups["old"].Value} -> {row.Groups["new"].Value}");
        IEnumerable<string> real = PortChanges.Of(PatchCatalog.Get(number))
            .Select(change => $"{change.Port}: {change.Baseline} -> {change.Answer}");

        Assert.Equal(real.Order(), mapped.Order());
    }

    [Fact]
    public void Every_test_class_that_the_map_names_exists()
    {
        HashSet<string> files = [.. Repository.FilesBelow("tests").Select(path => Path.GetFileNameWithoutExtension(path)!)];

        Assert.Equal([], TestClass().Matches(Map).Select(match => match.Groups["name"].Value).Where(name => !files.Contains(name)));
    }

    [Fact]
    public void Each_section_says_what_its_patch_expects_and_where_its_code_is()
    {
        foreach (PatchModule patch in PatchCatalog.All)
        {
            string section = Section(patch.Number);
            string expects = patch.Expects.Count == 0 ? "nothing" : string.Join(", ", patch.Expects.Select(expected => expected.Number));

            Assert.Contains($"| Expects | {expects} |", section, StringComparison.Ordinal);
            Assert.Contains($"`{patch.Method}()`", section, StringComparison.Ordinal);
            Assert.Contains($"/Patches/{patch.Module}", section, StringComparison.Ordinal);
        }
    }

    private static string Section(int number)
    {
        int start = Map.IndexOf($"## {number}/8 ", StringComparison.Ordinal);
        int end = Map.IndexOf($"## {number + 1}/8 ", StringComparison.Ordinal);
        return end < 0 ? Map[start..] : Map[start..end];
    }

    [GeneratedRegex("^## (?<subject>[1-8]/8 .*)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"^\| `(?<port>I[A-Za-z0-9]+)`(?: \(list\))? \| `?(?<old>[A-Za-z0-9]+|-)`? \| `(?<new>[A-Za-z0-9]+)` \|", RegexOptions.Multiline)]
    private static partial Regex PortRow();

    [GeneratedRegex("`(?<name>[A-Za-z0-9]+Tests)`")]
    private static partial Regex TestClass();
}
