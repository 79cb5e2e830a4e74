using Iopf.TestKit;

namespace Iopf.Scenarios.Tests.Errata;

public sealed class ErrataDocumentsTests
{
    [Fact]
    public void Status_in_docs_is_what_the_review_shows() => Documents.AssertUpToDate("errata-status.md", ErrataDocuments.Status());

    [Fact]
    public void Patches_map_lists_the_defects_of_each_patch() =>
        Documents.AssertUpToDate("../patches-map.md", ErrataDocuments.PatchesMap(File.ReadAllText(Documents.PathOf("../patches-map.md"))));

    [Fact]
    public void Docs_count_the_defects_by_patch_and_severity() =>
        Assert.Contains(ErrataDocuments.Totals(), File.ReadAllText(Documents.PathOf("errata.md")), StringComparison.Ordinal);
}
