using System.Text.RegularExpressions;
using Iopf.Iommu;
using Iopf.Kernel;
using Iopf.Patches;
using Iopf.TestKit;
using Iopf.VfioType1;
using Moq;

namespace Iopf.Project.Tests;

public sealed partial class LibraryTests
{
    [Fact]
    public void The_samples_do_what_the_page_says()
    {
        Mock<IFaultWindow> mine = new();
        mine.Setup(window => window.Plan(It.IsAny<Type1Container>(), It.IsAny<DmaMapping>(), It.IsAny<Iova>(), It.IsAny<IovaRange>(), It.IsAny<IommuProt>()))
            .Returns((Type1Container _, DmaMapping _, Iova page, IovaRange _, IommuProt _) => IovaRange.OfPages(page, 1));

        Assert.Equal(PatchSet.All.Without(4), LibrarySamples.Toggle());
        Assert.Equal("PremapWindow", LibrarySamples.Alone());
        Assert.Empty(LibrarySamples.Own(mine.Object).Violations);
        mine.Verify(window => window.Plan(It.IsAny<Type1Container>(), It.IsAny<DmaMapping>(), It.IsAny<Iova>(), It.IsAny<IovaRange>(), It.IsAny<IommuProt>()), Times.AtLeastOnce);
    }

    [Fact]
    public void The_samples_of_the_page_are_those_that_are_compiled()
    {
        string page = Repository.Read("docs/library.md");
        string[] samples = [.. Sample().Matches(Repository.Read("tests/Project.Tests/LibrarySamples.cs")).Select(sample => sample.Groups["lines"].Value)];

        Assert.Equal(3, samples.Length);
        Assert.All(samples, sample => Assert.Contains("```csharp\n" + string.Join('\n', sample.TrimEnd().Split('\n').Select(line => line[8..])) + "\n```", page, StringComparison.Ordinal));
    }

    [GeneratedRegex(@"// (?:toggle|alone|own)\n(?<lines>.*?)\s*// end of sample", RegexOptions.Singleline)]
    private static partial Regex Sample();
}
