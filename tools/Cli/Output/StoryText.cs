using System.Globalization;
using Iopf.Exploring;

namespace Iopf.Cli.Output;

/// <summary>The threads of a story side by side, as lines.</summary>
internal static class StoryText
{
    private const int Widest = 34;

    /// <summary>The lines: a head, then one for each step, in the column of its thread.</summary>
    /// <param name="story">The story.</param>
    /// <param name="most">At most so many steps, the last ones.</param>
    /// <returns>The lines.</returns>
    public static IEnumerable<string> Lines(Story story, int most = int.MaxValue)
    {
        int[] threads = [.. story.Steps.Select(static step => step.Thread).Distinct().Order()];
        int[] widths = [.. threads.Select(thread => story.Steps
            .Where(step => step.Thread == thread)
            .Select(static step => Cut(step.What).Length)
            .Append(story.Threads[thread].Length)
            .Max())];
        int left = Math.Max(0, story.Steps.Count - most);
        yield return Line("#", threads, widths, thread => story.Threads[thread]);
        if (left > 0)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"      ... {left} steps before");
        }

        for (int i = left; i < story.Steps.Count; i++)
        {
            StoryStep step = story.Steps[i];
            yield return Line((i + 1).ToString(CultureInfo.InvariantCulture), threads, widths, thread => thread == step.Thread ? Cut(step.What) : "");
        }
    }

    private static string Line(string number, int[] threads, int[] widths, Func<int, string> cell) =>
        (number.PadLeft(5) + "  " + string.Join("  ", threads.Select((thread, at) => cell(thread).PadRight(widths[at])))).TrimEnd();

    private static string Cut(string text) => text.Length <= Widest ? text : text[..(Widest - 3)] + "...";
}
