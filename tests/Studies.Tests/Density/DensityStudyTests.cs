using Iopf.Density;
using Iopf.Kernel;

namespace Iopf.Studies.Tests.Density;

public sealed class DensityStudyTests
{
    private static readonly IReadOnlyList<DensityPolicy> Two = DensityPolicy.Parse("static,iopf-8", "here");

    [Fact]
    public void A_study_knows_what_fits_what_a_guest_adds_and_where_it_ends()
    {
        DensityStudy study = Of([1, 2, 4, 6, 8, 48], static (count, work) => Enumerable.Range(0, count).ToList().ForEach(work));

        DensityCurve pinned = study.Curves[0];
        Assert.Equal((4, 6), (pinned.GuestsThatFit, pinned.Inflection));
        Assert.Equal(pinned.Runs[0].Throughput, pinned.Slope, tolerance: pinned.Slope * 0.1);
        Assert.InRange(pinned.Plateau, pinned.Slope * 3.7, pinned.Slope * 4.3);
        Assert.Equal((8, 48), (study.Curves[1].GuestsThatFit, study.Curves[1].Inflection));
    }

    [Fact]
    public void A_study_does_not_depend_on_the_order_of_its_hosts()
    {
        DensityStudy forward = Of([2, 6], static (count, work) => Enumerable.Range(0, count).ToList().ForEach(work));
        DensityStudy parallel = Of([6, 2], static (count, work) => Parallel.For(0, count, work));

        Assert.Equal(
            forward.Curves.SelectMany(curve => curve.Runs).Select(run => (run.Guests, run.Messages, run.Stages)),
            parallel.Curves.SelectMany(curve => curve.Runs).Select(run => (run.Guests, run.Messages, run.Stages)));
    }

    [Fact]
    public void Every_number_of_a_study_says_where_it_comes_from()
    {
        IReadOnlyList<DensityParameter> parameters = DensityParameters.Of(new DensitySpec { Options = new DensityOptions { RunPages = 16 } });

        IEnumerable<string> options = DensityParameters.Settable.OfSection("Density").Select(option => option.Key);
        Assert.Empty(options.Except(parameters.Select(number => number.Name)));
        Assert.All(parameters, number => Assert.Equal(number.Name, DensityParameters.Settable.Parse($"{number.Name}={number.Value}", "here").Key));
        Assert.All(parameters, number => Assert.True(DensityParameters.Has(number.Name)));
        Assert.False(DensityParameters.Has("Cost:RecordNanoseconds"));
        Assert.All(parameters, number => Assert.Contains(number.Status, new[] { "fact", "inferred", "fitted", "recalled", "assumption", "choice" }));
        Assert.Equal(["Density:RunPages"], parameters.Where(number => number.IsSet).Select(number => number.Name));
    }

    [Theory]
    [InlineData("iopf-0")]
    [InlineData("iopf-")]
    [InlineData("static,,npf")]
    [InlineData("Static")]
    public void What_is_no_policy_is_refused(string policies) => Assert.Throws<InputException>(() => DensityPolicy.Parse(policies, "here"));

    [Theory]
    [InlineData(40, 128, 4096)]
    [InlineData(4096, 128, 125)]
    [InlineData(4096, 40, 128)]
    [InlineData(100, 128, 40)]
    public void What_does_not_fit_is_refused(int host, int guest, int workingSet)
    {
        DensitySpec spec = Hosts.Small(host) with { GuestMebibytes = guest, WorkingSetMebibytes = workingSet };

        Assert.Throws<InputException>(() => DensityStudy.Of(spec, Two, [1], static (_, _) => { }, static (_, _) => { }));
    }

    private static DensityStudy Of(int[] guests, Action<int, Action<int>> each) => DensityStudy.Of(Hosts.Small(), Two, guests, each, static (_, _) => { });
}
