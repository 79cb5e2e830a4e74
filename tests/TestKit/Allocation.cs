namespace Iopf.TestKit;

/// <summary>How many bytes a piece of code allocates.</summary>
public static class Allocation
{
    private const int Rounds = 5;

    /// <summary>The least that any of a few rounds allocated: the runtime sometimes allocates in between, code that allocates does so in every round.</summary>
    /// <param name="round">What is measured; run often enough before, so that nothing is done for the first time.</param>
    /// <returns>The bytes of the thread that calls.</returns>
    public static long LeastOf(Action round)
    {
        ArgumentNullException.ThrowIfNull(round);
        long least = long.MaxValue;
        for (int number = 0; number < Rounds; number++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            round();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }
}
