using Iopf.TestKit;

namespace Iopf.Project.Tests;

public sealed class FactsTests
{
    [Fact]
    public void The_document_lists_every_fact_with_its_test() => Documents.AssertUpToDate("facts.md", FactsDocument.Write());

    [Fact]
    public void Every_number_that_a_test_carries_is_a_fact() =>
        Assert.Equal([], FactsDocument.Tests.Select(test => test.Key).Except(FactsDocument.Numbers));

    [Fact]
    public void A_fact_is_one_test() =>
        Assert.Equal([], FactsDocument.Tests.Where(test => test.Count() > 1).Select(test => $"{test.Key}: {string.Join(", ", test)}"));

    [Fact]
    public void What_is_explained_is_not_tested_as_well() => Assert.Equal([], FactsDocument.ExplainedAndTested);
}
