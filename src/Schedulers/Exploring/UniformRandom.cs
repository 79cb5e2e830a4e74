namespace Iopf.Schedulers;

/// <summary>At every point each runnable thread is as likely as the others to go on.</summary>
/// <param name="seed">What the schedules are drawn from.</param>
public sealed class UniformRandom(ulong seed) : IStrategy
{
    private Lots _seeds = new(seed);

    /// <inheritdoc/>
    public int SideBySide => 32;

    /// <inheritdoc/>
    public ISchedule? Begin() => new Drawn(_seeds.Draw());

    /// <inheritdoc/>
    public void End(bool wasGivenUp)
    {
        // Every run is drawn anew.
    }

    private sealed class Drawn(ulong seed) : ISchedule
    {
        private Lots _lots = new(seed);

        public bool StopsAtEveryStep => false;

        public int Next(IReadOnlyList<IScheduledThread> threads, int current)
        {
            int runnable = 0;
            int chosen = -1;
            for (int i = 0; i < threads.Count; i++)
            {
                // One pass: the N-th runnable thread replaces the choice with probability 1/N.
                if (threads[i].IsRunnable && _lots.Below(++runnable) == 0)
                {
                    chosen = i;
                }
            }

            return chosen;
        }
    }
}
