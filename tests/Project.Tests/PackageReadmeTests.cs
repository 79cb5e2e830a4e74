using System.Text.RegularExpressions;
using Iopf.TestKit;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Iopf.Project.Tests;

/// <summary>The code in the READMEs of packages compiles against the packages.</summary>
public sealed partial class PackageReadmeTests
{
    private const string Usings = """
        using System;
        using Iopf;
        using Iopf.ArmSmmuV3.Driver;
        using Iopf.Density;
        using Iopf.Iommu;
        using Iopf.Kernel;
        using Iopf.Machine;
        using Iopf.Patches;
        using Iopf.Scenarios;
        using Iopf.Settings;
        using Iopf.Testing;
        using Iopf.VfioType1;
        using Microsoft.Extensions.DependencyInjection;
        using Xunit;

        """;

    private static readonly MetadataReference[] References =
        [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Select(path => MetadataReference.CreateFromFile(path))];

    public static TheoryData<string> Readmes { get; } =
        [.. new[] { "src", "tools" }.SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Repository.Root, folder), "README.md", SearchOption.AllDirectories))
            .Select(path => Path.GetRelativePath(Repository.Root, path)).Where(path => Code().IsMatch(Repository.Read(path)))];

    [Fact]
    public void Packages_have_READMEs_with_code() => Assert.InRange(Readmes.Count, 7, int.MaxValue);

    [Theory]
    [MemberData(nameof(Readmes))]
    public void The_code_of_a_README_compiles(string path)
    {
        foreach (Match code in Code().Matches(Repository.Read(path)))
        {
            CSharpCompilation compilation = CSharpCompilation.Create("readme", [CSharpSyntaxTree.ParseText(Usings + code.Groups["code"].Value)], References);

            Assert.Equal([], compilation.GetDiagnostics().Where(found => found.Severity == DiagnosticSeverity.Error).Select(found => found.ToString()));
        }
    }

    [GeneratedRegex("^```csharp\n(?<code>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Code();
}
