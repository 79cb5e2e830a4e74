using System.Globalization;
using Iopf.Benchmarks.Optimised;
using Iopf.SpeedKit;

namespace Iopf.Benchmarks.Report;

/// <summary>The results as tables; also puts them between the marks of a document that is otherwise written by hand.</summary>
internal static class MarkdownReport
{
    /// <summary>The line of a document from which on these tables are written.</summary>
    public const string Begin = "<!-- From here on written by eng/bench. -->";

    private const string End = "<!-- To here. -->";

    /// <summary>The lines of the tables.</summary>
    public static IEnumerable<string> Lines(Results results) =>
        [.. Head(results), string.Empty, .. TargetLines(results), string.Empty, .. RowLines(results), string.Empty, .. FigureLines(results), .. results.Profiles.SelectMany(ProfileLines)];

    /// <summary>Replaces what stands in a document between a mark and the next mark of an end.</summary>
    public static void Replace(string file, string mark, IEnumerable<string> lines)
    {
        string text = File.ReadAllText(file);
        int begin = text.IndexOf(mark, StringComparison.Ordinal);
        int end = begin < 0 ? -1 : text.IndexOf(End, begin, StringComparison.Ordinal);
        if (end < 0)
        {
            throw new InvalidOperationException($"{file} does not have the marks '{mark}' and '{End}'");
        }

        File.WriteAllText(file, $"{text[..begin]}{mark}\n\n{string.Join('\n', lines)}\n\n{text[end..]}");
    }

    /// <summary>What watches the model.</summary>
    public static string Words(Watched watched) => watched switch
    {
        Watched.Trace => "trace",
        Watched.Texts => "trace, texts built",
        Watched.Checks => "checkers",
        _ => string.Empty,
    };

    private static IEnumerable<string> Head(Results results) =>
    [
        $"Command `eng/bench`, commit {results.Commit}, {results.Machine}; load average {results.Load}.",
        string.Empty,
        CompiledMethods.Words(results.Methods),
    ];

    private static IEnumerable<string> TargetLines(Results results) =>
    [
        "| target | limit | measured | |",
        "|---|---:|---:|---|",
        .. Targets.All.Select(target =>
        {
            double measured = target.Measure(results);
            string limit = $"{(target.IsAtLeast ? ">=" : "<=")} {Number(target.Limit)} {target.Unit}";
            return $"| {target.Title} | {limit} | {Number(measured)} {target.Unit} | {(target.IsMetBy(measured) ? "met" : "**missed**")} |";
        }),
    ];

    private static IEnumerable<string> RowLines(Results results) =>
    [
        "| one operation | watched | median | quartiles | allocated |",
        "|---|---|---:|---:|---:|",
        .. results.Rows.Select(row =>
            $"| {row.Title} | {Words(row.Watched)} | {Time(row.Median)} | {Time(row.Low)} to {Time(row.High)} | {Number(row.Bytes)} B |"),
    ];

    private static IEnumerable<string> FigureLines(Results results) =>
    [
        "| figure | median | least to most | command |",
        "|---|---:|---:|---|",
        .. results.Figures.Select(figure =>
            $"| {figure.Title} | {Number(figure.Value)} {figure.Unit} | {Number(figure.Low)} to {Number(figure.High)} | `{figure.Command}` |"),
    ];

    private static IEnumerable<string> ProfileLines(Profile profile) =>
    [
        string.Empty,
        $"| profile: {profile.Title} | share |",
        "|---|---:|",
        .. profile.Shares.Select(share => $"| `{share.Key}` | {Number(share.Value)} % |"),
    ];

    private static string Time(double nanoseconds) => nanoseconds switch
    {
        < 1e3 => $"{Number(nanoseconds)} ns",
        < 1e6 => $"{Number(nanoseconds / 1e3)} us",
        _ => $"{Number(nanoseconds / 1e6)} ms",
    };

    /// <summary>Three digits are more than the spread allows.</summary>
    private static string Number(double value) => value switch
    {
        >= 100 => value.ToString("#,0", CultureInfo.InvariantCulture),
        >= 10 => value.ToString("0.#", CultureInfo.InvariantCulture),
        _ => value.ToString("0.##", CultureInfo.InvariantCulture),
    };
}
