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
        LibrarySamples.Alone();
        Assert.Empty(LibrarySamples.Own(mine.Object).Violations);
        mine.Verify(window => window.Plan(It.IsAny<Type1Container>(), It.IsAny<DmaMapping>(), It.IsAny<Iova>(), It.IsAny<IovaRange>(), It.IsAny<IommuProt>()), Times.AtLeastOnce);
    }

    [Fact]
    public void The_samples_of_the_page_are_those_that_are_compiled()
    {
        string page = Repository.Read("docs/library.md");
        string readme = Repository.Read("README.md");
        string[] samples = [.. Sample().Matches(Repository.Read("tests/Project.Tests/LibrarySamples.cs")).Select(sample => sample.Groups["lines"].Value)];

        Assert.Equal(3, samples.Length);
        Assert.All(samples, sample => Assert.Contains(Shown(sample), page, StringComparison.Ordinal));
        Assert.All(samples[..2], sample => Assert.Contains(Shown(sample), readme, StringComparison.Ordinal));
        Assert.InRange(samples[..2].Sum(sample => sample.Count(character => character == '\n')), 1, 30);
    }

    private static string Shown(string sample) => "```csharp\n" + string.Join('\n', sample.TrimEnd().Split('\n').Select(line => line[8..])) + "\n```";

    [GeneratedRegex(@"// (?:toggle|alone|own)\n(?<lines>.*?)\s*// end of sample", RegexOptions.Singleline)]
    private static partial Regex Sample();
}
