using System.Text;
using System.Text.RegularExpressions;
using Iopf.TestKit;

namespace Iopf.Project.Tests;

/// <summary>Holds the numbered facts of the baseline against the tests that carry their numbers.</summary>
internal static partial class FactsDocument
{
    /// <summary>Why a fact has no test of its own.</summary>
    private static readonly Dictionary<string, string> Explained = new()
    {
        ["T010"] = "a fault is a value here: there is no NULL event to report",
    };

    public static IReadOnlyList<string> Lines { get; } = Repository.Read("tests/data/baseline/facts.txt").TrimEnd().Split('\n');

    /// <summary>The tests by the number they carry, each as class and method.</summary>
    public static ILookup<string, string> Tests { get; } = Repository.FilesBelow("tests")
        .SelectMany(path => Carrier().Matches(Repository.Read(path)).Select(test =>
            (Number: test.Groups["number"].Value, Name: $"{Path.GetFileNameWithoutExtension(path)}.{test.Groups["method"].Value}")))
        .ToLookup(test => test.Number, test => test.Name);

    public static IEnumerable<string> Numbers => Lines.Where(IsFact).Select(NumberOf);

    public static IEnumerable<string> Untested => Numbers.Where(number => !Tests.Contains(number));

    public static IEnumerable<string> Unexplained => Untested.Where(number => !Explained.ContainsKey(number));

    public static IEnumerable<string> ExplainedAndTested => Explained.Keys.Where(Tests.Contains);

    /// <summary>The document: number, fact, test, status.</summary>
    public static string Write()
    {
        StringBuilder text = new();
        text.Append("# The facts of the baseline and their tests\n\n");
        text.Append("Generated from tests/data/baseline/facts.txt and the tests (`IOPF_UPDATE=1 dotnet test tests/Project.Tests`); CI checks that it is true.\n\n");
        text.Append(Invariant($"{Numbers.Count()} facts: {Numbers.Count(Tests.Contains)} are tests, {Untested.Count() - Unexplained.Count()} are explained, "));
        text.Append(Invariant($"{Unexplained.Count()} are open.\n"));
        foreach (string line in Lines)
        {
            text.Append(IsFact(line) ? RowOf(line) : HeadingOf(line));
        }

        return text.ToString();
    }

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);

    private static bool IsFact(string line) => line.StartsWith('T');

    private static string NumberOf(string line) => line[..4];

    private static string HeadingOf(string line) => $"\n## {line[2..]}\n\n| number | fact | test | status |\n|---|---|---|---|\n";

    private static string RowOf(string line)
    {
        string number = NumberOf(line);
        string fact = line[5..].Replace("|", "\\|", StringComparison.Ordinal);
        string tests = string.Join("<br>", Tests[number].Order(StringComparer.Ordinal).Select(name => $"`{name}`"));
        string status = Tests.Contains(number) ? "test" : Explained.TryGetValue(number, out string? why) ? $"explained: {why}" : "open";
        return $"| {number} | {fact} | {tests} | {status} |\n";
    }

    /// <summary>A trait with a number, and the first method after it.</summary>
    [GeneratedRegex(@"Trait\(""Fact"", ""(?<number>T\d{3})""\)(?:(?!\bpublic\b).)*public \w+ (?<method>\w+)\(", RegexOptions.Singleline)]
    private static partial Regex Carrier();
}
