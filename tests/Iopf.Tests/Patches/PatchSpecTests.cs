using FsCheck;
using FsCheck.Fluent;
using Iopf.Kernel;
using Iopf.Patches;

namespace Iopf.Tests.Patches;

public sealed class PatchSpecTests
{
    [Fact]
    public void Every_subset_is_read_back_from_its_own_spec()
    {
        Property property = Prop.ForAll(
            Gen.Choose(0, 255).ToArbitrary(),
            bits => PatchSpec.Parse(SetOf(bits).ToString()) == SetOf(bits));

        Check.One(Config.QuickThrowOnFailure.WithMaxTest(1000), property);
        Assert.All(Enumerable.Range(0, 256), bits => Assert.Equal(SetOf(bits), PatchSpec.Parse(SetOf(bits).ToString())));
    }

    [Fact]
    public void Order_and_repetition_of_the_parts_do_not_matter()
    {
        Property property = Prop.ForAll(
            Gen.NonEmptyListOf(Gen.Choose(1, 8)).Select(numbers => numbers.ToArray()).ToArbitrary(),
            numbers => PatchSpec.Parse(string.Join(",", numbers)) == PatchSet.Of(numbers));

        Check.One(Config.QuickThrowOnFailure, property);
    }

    [Theory]
    [InlineData("none", new int[0])]
    [InlineData("all", new[] { 1, 2, 3, 4, 5, 6, 7, 8 })]
    [InlineData("1-5", new[] { 1, 2, 3, 4, 5 })]
    [InlineData("1,2,5", new[] { 1, 2, 5 })]
    [InlineData("1-4,6", new[] { 1, 2, 3, 4, 6 })]
    [InlineData(" 6 , 1-2 ", new[] { 1, 2, 6 })]
    [InlineData("3-3", new[] { 3 })]
    public void A_spec_names_a_set(string spec, int[] numbers) => Assert.Equal(PatchSet.Of(numbers), PatchSpec.Parse(spec));

    [Theory]
    [InlineData("", "a number is missing")]
    [InlineData("1,,2", "a number is missing")]
    [InlineData("0", "'0' is not")]
    [InlineData("9", "'9' is not")]
    [InlineData("1-9", "'1-9' is not")]
    [InlineData("1-", "'1-' is not")]
    [InlineData("-1", "'-1' is not")]
    [InlineData("1-2-3", "'1-2-3' is not")]
    [InlineData("1;2", "'1;2' is not")]
    [InlineData("5-1", "'5-1' runs backwards")]
    [InlineData("none,1", "'none' stands alone")]
    [InlineData("1,all", "'all' stands alone")]
    [InlineData("ALL", "'ALL' is not")]
    [InlineData("+1", "'+1' is not")]
    [InlineData("\u0661", "'\u0661' is not")]
    public void A_bad_spec_is_refused_with_the_bad_part_and_the_expected_form(string spec, string part)
    {
        InputException refusal = Assert.Throws<InputException>(() => PatchSpec.Parse(spec));

        Assert.Contains(part, refusal.Message, StringComparison.Ordinal);
        Assert.EndsWith("expected " + PatchSpec.Form, refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refusal.Message);
    }

    private static PatchSet SetOf(int bits) => PatchSet.Of([.. Enumerable.Range(1, 8).Where(number => (bits & (1 << (number - 1))) != 0)]);
}
