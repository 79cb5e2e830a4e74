using System.Runtime.ExceptionServices;

namespace Iopf.Cli;

/// <summary>Work that shares nothing, on all processors.</summary>
internal static class SideBySide
{
    /// <summary>Does pieces of work, in any order, and returns when all are done.</summary>
    /// <param name="count">How many.</param>
    /// <param name="work">Does one of them, by its number from 0 on; from several threads.</param>
    /// <remarks>What a piece throws is thrown here.</remarks>
    public static void Do(int count, Action<int> work)
    {
        if (count == 1)
        {
            work(0);
            return;
        }

        try
        {
            Parallel.For(0, count, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, work);
        }
        catch (AggregateException failed)
        {
            ExceptionDispatchInfo.Throw(failed.InnerExceptions[0]);
        }
    }
}
