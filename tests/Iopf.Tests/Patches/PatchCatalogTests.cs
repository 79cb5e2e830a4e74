using Iopf.Patches;

namespace Iopf.Tests.Patches;

public sealed class PatchCatalogTests
{
    [Fact]
    public void The_catalogue_lists_the_eight_mails_in_order()
    {
        Assert.Equal(Enumerable.Range(1, 8), PatchCatalog.All.Select(patch => patch.Number));
        Assert.Equal("[RFC PATCH v3 5/8] vfio/type1: VFIO_IOMMU_ENABLE_IOPF", PatchCatalog.Get(5).Subject);
    }

    [Theory]
    [InlineData(1, new int[0])]
    [InlineData(2, new[] { 1 })]
    [InlineData(3, new[] { 2 })]
    [InlineData(4, new[] { 2 })]
    [InlineData(5, new[] { 1, 2, 3 })]
    [InlineData(6, new[] { 5 })]
    [InlineData(7, new[] { 2, 5 })]
    [InlineData(8, new[] { 1, 5 })]
    public void Each_patch_expects_what_it_builds_on(int number, int[] expected) =>
        Assert.Equal(expected, PatchCatalog.Get(number).Expects.Select(expectation => expectation.Number));

    [Fact]
    public void The_method_of_a_patch_is_named_for_its_module() =>
        Assert.All(PatchCatalog.All, patch => Assert.Equal("Add" + patch.Module, patch.Method));

    [Fact]
    public void Only_policies_are_options()
    {
        Assert.Equal(["Premap:Length", "Premap:Populate", "Dirty:Source"], PatchCatalog.All.SelectMany(patch => patch.Options).Select(option => option.Key));
        Assert.Equal("512", PatchCatalog.Get(4).Options[0].Default);
        Assert.Equal(("1", "1048576"), (PatchCatalog.Get(4).Options[0].Minimum, PatchCatalog.Get(4).Options[0].Maximum));
    }

    [Theory]
    [InlineData("none")]
    [InlineData("all")]
    [InlineData("1")]
    [InlineData("1-3")]
    [InlineData("1-5")]
    public void A_complete_set_needs_no_advice(string spec) => Assert.Empty(PatchAdvice.For(PatchSpec.Parse(spec)));

    [Fact]
    public void A_missing_patch_is_named_with_what_follows()
    {
        IReadOnlyList<string> advice = PatchAdvice.For(PatchSet.Of(4));

        string line = Assert.Single(advice);
        Assert.StartsWith("patch 4 (Premap) expects patch 2 (PageFaultHandler), which is off: ", line, StringComparison.Ordinal);
    }

    [Fact]
    public void Each_missing_patch_is_a_line_of_its_own() => Assert.Equal(3, PatchAdvice.For(PatchSet.Of(5)).Count);
}
