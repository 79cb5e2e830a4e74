namespace Iopf.Workloads;

/// <summary>What is to be said about rows of the table: what is not reproduced, and why.</summary>
public static class TableNotes
{
    private static readonly (string Mark, Func<TableRow, bool> Concerns, string Text)[] All =
    [
        (
            "a",
            static row => row is { IsOfSecondPosting: false } && row.Iopf.Faults != row.PublishedFaults,
            "Not reproduced: a page that faults again, by invalidation or because several messages stall on it. The published counts beyond the first "
            + "accesses (0, 23, 5, 150; 0, 1, 1) are not a function of the number of messages; the model counts first accesses only, unless "
            + "Cost:RefaultsPerMillisecond is set."),
        (
            "b",
            static row => row is { IsOfSecondPosting: true } && row.Iopf.Faults != row.PublishedFaults,
            "Not reproduced: 150 faults in 0.6 s beyond first accesses. A host that moves 0.25 pages per ms would do here, but then vfio-10mb at 1000 would have "
            + "some 280 more than the published 26."),
        (
            "c",
            static row => row is { Config: CoverLetter.Vfio10, Messages: 1000 },
            "Not reproduced: 26 faults cannot take 18.7 ms. Run-to-run noise (slopes between rows differ by -0.9 to +1.4 %), or smaller IOTLB entries "
            + "than with pinned memory, which the model does not time. Treat differences below 1.5 points as noise."),
        ("d", static row => row.IsOfSecondPosting, "Only the second posting has this row."),
        (
            "e",
            static row => !row.Iopf.IsFinished,
            "The device's DMA was aborted: the test did not finish."),
    ];

    /// <summary>The notes that rows of a table need.</summary>
    /// <param name="table">The table.</param>
    /// <returns>Mark and text, in the order of the marks.</returns>
    public static IEnumerable<(string Mark, string Text)> Of(CoverLetterTable table) =>
        All.Where(note => table.Rows.Any(note.Concerns)).Select(static note => (note.Mark, note.Text));

    /// <summary>The marks of one row's notes.</summary>
    /// <param name="row">The row.</param>
    /// <returns>The marks.</returns>
    public static IEnumerable<string> MarksOf(TableRow row) => All.Where(note => note.Concerns(row)).Select(static note => note.Mark);
}
