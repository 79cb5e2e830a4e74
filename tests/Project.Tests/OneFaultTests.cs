using System.Text.RegularExpressions;
using Iopf.TestKit;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Iopf.Project.Tests;

public sealed partial class OneFaultTests
{
    private static readonly string Page = Repository.Read("docs/one-fault.md");

    public static IEnumerable<object[]> Links =>
        Link().Matches(Page).Select(link => (Name: link.Groups["name"].Value, Path: link.Groups["path"].Value)).Distinct().Select(link => new object[] { link.Name, link.Path });

    [Theory]
    [MemberData(nameof(Links))]
    public void A_link_of_the_page_opens_a_file_that_declares_the_member(string name, string path)
    {
        string[] names = name.Split('.');
        TypeDeclarationSyntax type = CSharpSyntaxTree.ParseText(Repository.Read(path)).GetRoot()
            .DescendantNodes().OfType<TypeDeclarationSyntax>().First(one => one.Identifier.Text == names[0]);

        if (names.Length > 1)
        {
            Assert.Contains(names[1], type.Members.Select(NameOf));
        }
    }

    [Fact]
    public void The_page_has_five_jumps_and_a_comment_names_the_other_end_of_each()
    {
        Assert.Equal([1, 2, 3, 4, 5], Jump().Matches(Page).Select(jump => int.Parse(jump.Groups["number"].Value, System.Globalization.CultureInfo.InvariantCulture)));

        Assert.Contains("// SmmuReset has wired the line to EventThread.Interrupt.", Repository.Read("src/ArmSmmuV3/Hardware/EventRecorder.cs"), StringComparison.Ordinal);
        Assert.Contains("DeviceEngine.Issue", Repository.Read("src/ArmSmmuV3/Driver/Events/EventThread.cs"), StringComparison.Ordinal);
        Assert.Contains("Type1FaultEntry", Repository.Read("src/Iommu/Core/FaultReporting/DeviceFaultReporter.cs"), StringComparison.Ordinal);
        Assert.Contains("FaultGroup.Run", Repository.Read("src/Iommu/Core/IopfQueues/IopfQueue.cs"), StringComparison.Ordinal);
        Assert.Contains("// A DeviceEngine", Repository.Read("src/ArmSmmuV3/Hardware/TransactionControl.cs"), StringComparison.Ordinal);
    }

    private static string? NameOf(MemberDeclarationSyntax member) => member switch
    {
        MethodDeclarationSyntax method => method.Identifier.Text,
        PropertyDeclarationSyntax property => property.Identifier.Text,
        _ => null,
    };

    [GeneratedRegex(@"\[(?<name>[A-Za-z0-9]+(?:\.[A-Za-z0-9]+)?)\]\(\.\./(?<path>[^)]+\.cs)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"\*\*jump (?<number>\d)\*\*")]
    private static partial Regex Jump();
}
