using System.Globalization;
using System.Text.RegularExpressions;

namespace Iopf.TraceImport;

/// <summary>Finds one event that two units logged: the same words at the same time under another name.</summary>
internal sealed partial class LoggedTwice
{
    private const int RecentMax = 64;

    private readonly Queue<(string Time, string Unit, string Words)> _recent = new();
    private int _count;

    /// <summary>Whether a line was logged before by another unit.</summary>
    /// <param name="line">The line.</param>
    /// <returns>Whether it was.</returns>
    public bool Has(string line)
    {
        if (Unit().Match(line) is not { Success: true } unit)
        {
            return false;
        }

        (string Time, string Unit, string Words) entry = (unit.Groups["time"].Value, unit.Groups["unit"].Value, unit.Groups["words"].Value);
        (string Time, string Unit, string Words)[] same = [.. _recent.Where(other => other.Time == entry.Time && other.Words == entry.Words)];
        bool isSecond = same.Length > 0 && same.Count(other => other.Unit == entry.Unit) < same.GroupBy(other => other.Unit).Max(others => others.Count());
        if (_recent.Count == RecentMax)
        {
            _recent.Dequeue();
        }

        _recent.Enqueue(entry);
        _count += isSecond ? 1 : 0;
        return isSecond;
    }

    /// <summary>What a reader should know.</summary>
    public IEnumerable<string> Remarks()
    {
        if (_count > 0)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"{_count} lines repeat what another unit of the journal logged at the same time: one event each");
        }
    }

    // "Jun 04 07:25:13 host UNIT[pid]: words", or with an ISO time.
    [GeneratedRegex(@"^(?<time>(?:[A-Z][a-z]{2} +\d{1,2} \d\d:\d\d:\d\d|\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d)\S*) \S+ (?<unit>[^\s:]{1,80}): (?<words>.*)$")]
    private static partial Regex Unit();
}
