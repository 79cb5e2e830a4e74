using Iopf.Kernel;

namespace Iopf.Comparing;

/// <summary>Where the traces of two runs part.</summary>
/// <param name="Step">The position of the first step that differs.</param>
/// <param name="Left">That step in the left run; <see langword="null"/> if it has ended.</param>
/// <param name="Right">That step in the right run; <see langword="null"/> if it has ended.</param>
/// <param name="IsTimeOnly">Whether the steps are the same and only their times differ.</param>
/// <param name="MadeBy">The patches and defects that make the difference, found by switching them one by one.</param>
public sealed record Divergence(int Step, TraceEvent? Left, TraceEvent? Right, bool IsTimeOnly, IReadOnlyList<Variant.Difference> MadeBy)
{
    /// <summary>The kernel function in which the runs part: that of the right run, or of the left if the right has ended.</summary>
    public string Function => (Right ?? Left)!.Value.Function;

    /// <summary>The first step that differs.</summary>
    /// <param name="left">The left trace.</param>
    /// <param name="right">The right trace.</param>
    /// <param name="withTimes">Whether the times count, too.</param>
    /// <returns>Its position; -1 if the traces are the same.</returns>
    public static int First(IReadOnlyList<TraceEvent> left, IReadOnlyList<TraceEvent> right, bool withTimes = false)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        int common = Math.Min(left.Count, right.Count);
        for (int index = 0; index < common; index++)
        {
            if (!AreSame(left[index], right[index]) || (withTimes && left[index].Nanoseconds != right[index].Nanoseconds))
            {
                return index;
            }
        }

        return left.Count == right.Count ? -1 : common;
    }

    /// <summary>Whether two steps are the same but for their time and number.</summary>
    /// <param name="left">One.</param>
    /// <param name="right">The other.</param>
    /// <returns>Whether they are.</returns>
    public static bool AreSame(in TraceEvent left, in TraceEvent right) =>
        left.Layer == right.Layer && left.Function == right.Function && left.Device == right.Device && left.Iova == right.Iova
        && left.Text == right.Text && left.Thread == right.Thread;
}
