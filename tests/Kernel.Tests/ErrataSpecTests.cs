namespace Iopf.Kernel.Tests;

public sealed class ErrataSpecTests
{
    [Theory]
    [InlineData("none", "none")]
    [InlineData("all", "all")]
    [InlineData("E23,E01", "E01,E23")]
    [InlineData(" e78 , E07,E07", "E07,E78")]
    public void A_spec_names_a_set_that_prints_as_its_shortest_spec(string spec, string shortest) =>
        Assert.Equal(shortest, ErrataSpec.Parse(spec).ToString());

    [Theory]
    [InlineData("")]
    [InlineData("E00")]
    [InlineData("E79")]
    [InlineData("E1")]
    [InlineData("E01,none")]
    [InlineData("E01-E03")]
    [InlineData("E+1")]
    public void What_is_not_a_spec_is_refused_with_the_expected_form(string spec) =>
        Assert.EndsWith(ErrataSpec.Form, Assert.Throws<InputException>(() => ErrataSpec.Parse(spec)).Message, StringComparison.Ordinal);

    [Fact]
    public void Every_erratum_is_in_all_and_none_in_none()
    {
        Assert.Equal(78, ErrataSet.All.Members.Count);
        Assert.Empty(ErrataSet.None.Members);
        Assert.Equal(Enum.GetValues<Erratum>(), ErrataSet.All.Members);
    }

    [Fact]
    public void A_set_without_one_erratum_lacks_just_that_one() =>
        Assert.Equal(ErrataSet.Of(Erratum.E01), ErrataSet.Of(Erratum.E01, Erratum.E64).Without(Erratum.E64));
}
