using Iopf.Kernel;
using Iopf.Settings;
using Iopf.TestKit;
using Iopf.Views;
using Iopf.Workloads;

namespace Iopf.Studies.Tests;

/// <summary>The cover letter's table, run once for all tests.</summary>
public sealed class CoverLetterTableTests
{
    private static readonly Lazy<CoverLetterTable> Table = new(() => CoverLetterTable.Run(new Dictionary<string, string>(), seed: 0));

    [Theory]
    [InlineData("vfio-1mb", 1, 518, 518, 63.40)]
    [InlineData("vfio-1mb", 100, 1058, 1035, 22.86)]
    [InlineData("vfio-1mb", 1000, 1071, 1066, 2.56)]
    [InlineData("vfio-10mb", 1, 13, 13, 32.63)]
    [InlineData("vfio-10mb", 100, 26, 25, 3.53)]
    [InlineData("vfio-10mb", 1000, 26, 25, 1.59)]
    [InlineData("sva-1mb", 1, 512, 512, 82.78)]
    [InlineData("sva-1mb", 100, 1024, 1024, 47.88)]
    [InlineData("sva-1mb", 1000, 1024, 1024, 8.54)]
    [InlineData("vfio-1mb", 5000, 1216, 1066, 0.91)]
    [InlineData("sva-1mb", 5000, 1024, 1024, 1.91)]
    public void A_row_has_its_counts_and_a_slowdown_within_two_points_of_the_published_one(
        string config, int messages, long published, long faults, double slowdown)
    {
        TableRow row = Table.Value.Rows.Single(row => row.Config == config && row.Messages == messages);

        Assert.Equal((published, faults, true), (row.PublishedFaults, row.Iopf.Faults, row.Iopf.IsFinished));
        Assert.Equal(slowdown, row.PublishedSlowdown, tolerance: 0.006);
        Assert.InRange(row.Difference, -CoverLetterTable.Tolerance, CoverLetterTable.Tolerance);
    }

    [Fact]
    public void The_nine_cells_come_first_and_the_worst_is_among_them()
    {
        Assert.Equal(11, Table.Value.Rows.Count);
        Assert.DoesNotContain(Table.Value.Rows.Take(9), row => row.IsOfSecondPosting);
        Assert.All(Table.Value.Rows.Skip(9), row => Assert.True(row.IsOfSecondPosting));
        Assert.False(Table.Value.Worst.IsOfSecondPosting);
    }

    [Fact]
    public void Overlap_emerges_for_vfio_and_not_for_shared_address_spaces()
    {
        Assert.InRange(OverlapAt100("vfio-1mb"), 2.4, 2.8);
        Assert.InRange(OverlapAt100("vfio-10mb"), 1.8, 2.2);
        Assert.InRange(OverlapAt100("sva-1mb"), 0.95, 1.15);
    }

    [Fact]
    public void Every_cost_that_the_table_uses_is_listed_with_its_unit_and_status()
    {
        IEnumerable<string> used = SettableOptions.Model.OfSection("Cost")
            .Select(option => option.Key)
            .Where(key => key != $"Cost:{nameof(CostOptions.FaultDeliveryNanoseconds)}");

        Assert.Equal(used.Order(), Table.Value.Parameters.Select(parameter => parameter.Name).Where(name => name.StartsWith("Cost:", StringComparison.Ordinal)).Order());
        Assert.All(Table.Value.Parameters, parameter => Assert.Matches("^(fact|inferred|fitted \\(.+\\))$", parameter.Status));
    }

    [Fact]
    public void A_cost_that_the_user_sets_is_neither_fact_nor_fitted()
    {
        CostParameter set = CostParameters.With(new Dictionary<string, string> { ["Cost:DecodeNanoseconds"] = "7" })
            .Single(parameter => parameter.Name == "Cost:DecodeNanoseconds");

        Assert.Equal(("7", "set"), (set.Value, set.Status));
        Assert.Contains("1600, is fitted (vfio-1mb at 100)", set.Source, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_not_reproduced_has_a_note()
    {
        Assert.Equal(["a", "b", "c", "d"], TableNotes.Of(Table.Value).Select(note => note.Mark));
        Assert.Equal(["b", "d"], TableNotes.MarksOf(Table.Value.Rows[9]));
        Assert.Empty(TableNotes.MarksOf(Table.Value.Rows[0]));
    }

    [Fact]
    public void Pictures_have_a_bar_for_each_number()
    {
        string slowdowns = TablePicture.Draw(Table.Value).ToString();

        // One of each in the legend.
        Assert.Equal(12, slowdowns.Split("class=\"published\"").Length - 1);
        Assert.Equal(12, slowdowns.Split("class=\"model\"").Length - 1);
        Assert.Contains("sva-1mb at 100, published: 47.88 %", slowdowns, StringComparison.Ordinal);
        Assert.Contains("Queues: 9.1 us", FaultStagesPicture.Draw(Table.Value).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_document_shows_these_numbers()
    {
        string document = Repository.Read("docs/table.md");

        Assert.All(Table.Value.Rows, row => Assert.Contains(
            FormattableString.Invariant($"| {row.Config} | {row.Messages} | {row.PublishedFaults} | {row.Iopf.Faults} | {row.PublishedSlowdown:0.00} | {row.ModelSlowdown:0.00} | {row.Difference:+0.00;-0.00} |"),
            document,
            StringComparison.Ordinal));
        Assert.All(Table.Value.Rows.Where(row => row.Messages is 100 or 1000), row => Assert.Contains(
            FormattableString.Invariant(
                $"| {row.Config} | {row.Messages} | {row.PublishedOverlap(Table.Value.FaultAlone(row.Config)):0.00} | {row.ModelOverlap(Table.Value.FaultAlone(row.Config)):0.00} |"),
            document,
            StringComparison.Ordinal));
    }

    private static double OverlapAt100(string config) =>
        Table.Value.Rows.Single(row => row.Config == config && row.Messages == 100).ModelOverlap(Table.Value.FaultAlone(config));
}
