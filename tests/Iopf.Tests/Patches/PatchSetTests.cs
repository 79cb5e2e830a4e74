using Iopf.Patches;

namespace Iopf.Tests.Patches;

public sealed class PatchSetTests
{
    [Fact]
    public void Default_is_the_kernel_without_the_series()
    {
        Assert.Equal(PatchSet.None, default);
        Assert.True(default(PatchSet).IsEmpty);
        Assert.Equal("none", default(PatchSet).ToString());
    }

    [Fact]
    public void With_and_without_change_one_patch_of_a_copy()
    {
        PatchSet set = PatchSet.Of(1, 4);

        Assert.Equal([1, 4, 8], set.With(8).Numbers);
        Assert.Equal([4], set.Without(1).Numbers);
        Assert.Equal([1, 4], set.Numbers);
        Assert.False(set.Contains(2));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(9)]
    public void There_are_no_patches_but_1_to_8(int number)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => PatchSet.All.Contains(number));
        Assert.Throws<ArgumentOutOfRangeException>(() => PatchSet.None.With(number));
    }

    [Theory]
    [InlineData(new[] { 1, 2, 3, 4, 6 }, "1-4,6")]
    [InlineData(new[] { 8 }, "8")]
    [InlineData(new[] { 1, 3, 5, 7, 8 }, "1,3,5,7-8")]
    public void A_set_prints_as_its_shortest_spec(int[] numbers, string spec) => Assert.Equal(spec, PatchSet.Of(numbers).ToString());
}
