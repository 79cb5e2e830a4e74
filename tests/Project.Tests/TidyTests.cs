using System.Text.RegularExpressions;
using Iopf.TestKit;

namespace Iopf.Project.Tests;

public sealed partial class TidyTests
{
    [Fact]
    public void No_source_file_is_longer_than_400_lines() =>
        AssertNone(Repository.SourceFiles.Where(path => Repository.Read(path).Count(c => c == '\n') > 400));

    [Fact]
    public void No_method_is_longer_than_70_lines() =>
        AssertNone(Repository.SourceFiles.SelectMany(path => LongMethods(path, Repository.Read(path), 70)));

    [Fact]
    public void A_source_file_holds_one_public_type() =>
        AssertNone(Repository.SourceFiles.Where(path => PublicType().Count(Repository.Read(path)) > 1));

    [Fact]
    public void Nothing_is_left_for_later() =>
        AssertNone(Repository.SourceFiles.Where(path => Unfinished().IsMatch(Repository.Read(path))));

    [Fact]
    public void The_kernel_rooms_do_not_know_which_patches_are_on() =>
        AssertNone(Repository.SourceFiles
            .Where(path => KernelRoom().IsMatch(path))
            .Where(path => Repository.Read(path).Contains("PatchSet", StringComparison.Ordinal)));

    [Fact]
    public void No_patch_refers_to_another_patch() =>
        AssertNone(
            from path in Repository.SourceFiles
            let own = PatchFolder().Match(path)
            where own.Success && !path.StartsWith("src/Iopf/", StringComparison.Ordinal)
            from Match other in PatchNamespace().Matches(Repository.Read(path))
            where other.Groups["feature"].Value != own.Groups["feature"].Value
            select $"{path} refers to {other.Value}");

    /// <summary>Methods are indented by four spaces: from the line of the signature to the closing brace at the same depth.</summary>
    private static IEnumerable<string> LongMethods(string path, string text, int limit)
    {
        string[] lines = text.Split('\n');
        int start = -1;
        for (int i = 0; i < lines.Length; i++)
        {
            if (lines[i] == "    {")
            {
                start = i;
            }
            else if (lines[i] == "    }" && start >= 0)
            {
                if (i - start > limit && lines[start - 1].Contains('(', StringComparison.Ordinal))
                {
                    yield return $"{path}:{start} has {i - start} lines";
                }

                start = -1;
            }
        }
    }

    private static void AssertNone(IEnumerable<string> offenders) => Assert.Equal([], offenders);

    [GeneratedRegex(@"^public (?:abstract |sealed |static |readonly |partial |ref |unsafe )*(?:class|record|struct|interface|enum|delegate) ", RegexOptions.Multiline)]
    private static partial Regex PublicType();

    [GeneratedRegex(@"\bTODO\b|\bFIXME\b|NotImplementedException|NotSupportedException\(\)")]
    private static partial Regex Unfinished();

    [GeneratedRegex("^src/(?:Kernel|Mm|Iommu|ArmSmmuV3|Vfio|VfioType1)/")]
    private static partial Regex KernelRoom();

    [GeneratedRegex("/Patches/(?<feature>[A-Za-z0-9]+)/")]
    private static partial Regex PatchFolder();

    [GeneratedRegex(@"Iopf\.(?:Iommu|ArmSmmuV3|Vfio|VfioType1)\.Patches\.(?<feature>[A-Za-z0-9]+)")]
    private static partial Regex PatchNamespace();
}
