using Iopf.Errata;
using Iopf.Kernel;

namespace Iopf.Scenarios.Tests.Errata;

/// <summary>The review itself: each defect shows as posted, and is gone when only it is corrected.</summary>
public sealed class ReviewTests
{
    public static TheoryData<Erratum> Errata => [.. Enum.GetValues<Erratum>()];

    [Theory]
    [MemberData(nameof(Errata))]
    public void Posted_statement_shows_the_defect_and_the_corrected_one_keeps_every_promise(Erratum id)
    {
        ErratumReview review = ErratumReview.Of(ErrataCatalog.Get(id));

        Assert.True(review.IsReproduced, $"{id} is not reproduced");
        Assert.Equal("", review.Objection);
        Assert.True(review.IsGone);
    }

    [Theory]
    [MemberData(nameof(Errata))]
    public void Review_of_a_defect_is_the_same_twice(Erratum id)
    {
        ErratumReview first = ErratumReview.Of(ErrataCatalog.Get(id));
        ErratumReview second = ErratumReview.Of(ErrataCatalog.Get(id));

        Assert.Equal(first.Observed, second.Observed);
        Assert.Equal(first.Posted!.Events, second.Posted!.Events);
    }

    [Fact]
    public void Reproducer_that_shows_nothing_is_not_reproduced()
    {
        Reproducer harmless = Reproducers.All[Erratum.E14] with { Id = Erratum.E66 };

        ErratumReview review = ErratumReview.Of(ErrataCatalog.Get(Erratum.E66), harmless);

        Assert.Equal((false, true), (review.IsReproduced, review.IsGone));
    }

    [Fact]
    public void Correction_that_changes_nothing_is_not_gone()
    {
        // The defect stays on in the corrected run.
        Reproducer stubborn = Reproducers.All[Erratum.E14] with { Needs = ErrataSet.Of(Erratum.E14) };

        ErratumReview review = ErratumReview.Of(ErrataCatalog.Get(Erratum.E14), stubborn);

        Assert.Equal((true, false), (review.IsReproduced, review.IsGone));
    }

    [Theory]
    [InlineData("{\"id\": \"E80\"}", "E80")]
    [InlineData("{\"id\": \"E01\"}", "observe")]
    [InlineData("{\"id\": \"E01\", \"observe\": []}", "nothing is observed")]
    [InlineData("{\"id\": \"E01\", \"watch\": []}", "watch")]
    [InlineData("[]", "a reproducer")]
    public void What_is_not_a_reproducer_is_refused(string text, string complaint) =>
        Assert.Contains(complaint, Assert.Throws<InputException>(() => Reproducers.Parse("x", text)).Message, StringComparison.Ordinal);
}
