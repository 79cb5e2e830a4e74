using Iopf.Kernel;
using Iopf.Promises;
using Iopf.Scenarios;

namespace Iopf.Exploring;

/// <summary>Makes a schedule shorter for as long as it shows the same.</summary>
internal static class Minimizer
{
    /// <summary>Leaves out entry after entry, until none can be spared.</summary>
    /// <param name="request">What to run.</param>
    /// <param name="entries">A schedule that shows the violation.</param>
    /// <param name="violation">What has to be seen.</param>
    /// <returns>The shorter schedule; the given one if it does not show it when it is replayed.</returns>
    public static IReadOnlyList<string> Shorten(RunRequest request, IReadOnlyList<string> entries, Violation violation)
    {
        List<string> left = [.. entries];
        if (!Shows(request, left, violation))
        {
            return entries;
        }

        bool isShorter = true;
        while (isShorter)
        {
            isShorter = false;

            // Halves first, then quarters, down to single entries.
            for (int size = Math.Max(1, left.Count / 2); size > 0; size /= 2)
            {
                for (int at = left.Count - size; at >= 0; at -= size)
                {
                    List<string> fewer = [.. left[..at], .. left[(at + size)..]];
                    if (Shows(request, fewer, violation))
                    {
                        left = fewer;
                        isShorter = true;
                        at = Math.Min(at, left.Count);
                    }
                }
            }
        }

        return left;
    }

    /// <summary>Whether two violations are the same but for numbers.</summary>
    public static string KindOf(Violation violation) => $"{violation.Invariant} {Words(violation.Detail)}";

    private static bool Shows(RunRequest request, List<string> entries, Violation violation)
    {
        RunResult result = ScenarioRun.Execute(request with { Schedule = new WrittenSchedule(entries) });
        return result.Violations.Any(other => KindOf(other) == KindOf(violation));
    }

    private static string Words(string text)
    {
        string first = text.Split(';')[0];
        return string.Concat(first.Where(character => !char.IsAsciiHexDigit(character) || char.IsAsciiLetter(character)).Select(char.ToLowerInvariant));
    }
}
