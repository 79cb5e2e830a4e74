namespace Iopf.Schedulers;

/// <summary>An actor that waits for what a thread did in its turn, and is told when that ends later.</summary>
internal sealed class AfterTurnActor(TimedScheduler scheduler, Turn turn, ITimedActor actor) : ITimedActor
{
    private long _known;

    /// <inheritdoc/>
    public void Act()
    {
        long more = turn.DelayNanoseconds - _known;
        if (more == 0)
        {
            actor.Act();
            return;
        }

        _known += more;
        scheduler.Enter(this, scheduler.Kernel.Clock.Now + more, goesOn: false);
    }
}
