using Iopf.Kernel;

namespace Iopf.Comparing;

/// <summary>Two traces side by side: operation by operation, the steps that are the same on one row.</summary>
public static class AlignedTraces
{
    // Beyond that many steps an operation's traces are put side by side as they come.
    private const int StepsMax = 600;

    /// <summary>The steps of one operation in both runs.</summary>
    /// <param name="left">The left run.</param>
    /// <param name="right">The right run.</param>
    /// <param name="operation">The operation's position.</param>
    /// <returns>The rows: a step of both, or of one where the other has none.</returns>
    public static IReadOnlyList<(TraceEvent? Left, TraceEvent? Right)> Rows(ObservedRun left, ObservedRun right, int operation)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        TraceEvent[] one = StepsOf(left, operation);
        TraceEvent[] other = StepsOf(right, operation);
        return one.Length > StepsMax || other.Length > StepsMax ? SideBySide(one, other) : Aligned(one, other);
    }

    private static TraceEvent[] StepsOf(ObservedRun run, int operation)
    {
        if (operation >= run.Result.Operations.Count)
        {
            return [];
        }

        (int first, int count) = run.StepsOf(operation);
        return [.. run.Events.Skip(first).Take(count)];
    }

    private static List<(TraceEvent?, TraceEvent?)> SideBySide(TraceEvent[] left, TraceEvent[] right)
    {
        List<(TraceEvent?, TraceEvent?)> rows = [];
        for (int index = 0; index < Math.Max(left.Length, right.Length); index++)
        {
            rows.Add((index < left.Length ? left[index] : null, index < right.Length ? right[index] : null));
        }

        return rows;
    }

    // The longest common subsequence of steps.
    private static List<(TraceEvent?, TraceEvent?)> Aligned(TraceEvent[] left, TraceEvent[] right)
    {
        int[,] common = new int[left.Length + 1, right.Length + 1];
        for (int i = left.Length - 1; i >= 0; i--)
        {
            for (int j = right.Length - 1; j >= 0; j--)
            {
                common[i, j] = Divergence.AreSame(left[i], right[j]) ? common[i + 1, j + 1] + 1 : Math.Max(common[i + 1, j], common[i, j + 1]);
            }
        }

        List<(TraceEvent?, TraceEvent?)> rows = [];
        int one = 0;
        int other = 0;
        while (one < left.Length || other < right.Length)
        {
            if (one < left.Length && other < right.Length && Divergence.AreSame(left[one], right[other]))
            {
                rows.Add((left[one++], right[other++]));
            }
            else if (other == right.Length || (one < left.Length && common[one + 1, other] >= common[one, other + 1]))
            {
                rows.Add((left[one++], null));
            }
            else
            {
                rows.Add((null, right[other++]));
            }
        }

        return rows;
    }
}
