namespace Iopf.Density;

/// <summary>Where the time of a message went. The stages follow each other and leave nothing out.</summary>
/// <param name="Prepare">Making the buffers ready: the CPU's touches, mapping, tracking. Nanoseconds, as are all of them.</param>
/// <param name="Queue">Waiting for an engine.</param>
/// <param name="Faults">Stalled: the faults of the device, end to end.</param>
/// <param name="Transfer">The engine at work.</param>
/// <param name="Complete">Taking the buffers back.</param>
public readonly record struct MessageStages(long Prepare, long Queue, long Faults, long Transfer, long Complete)
{
    /// <summary>All of them.</summary>
    public long Total => Prepare + Queue + Faults + Transfer + Complete;

    /// <summary>Adds the stages of two messages.</summary>
    /// <param name="left">One.</param>
    /// <param name="right">The other.</param>
    /// <returns>The sums.</returns>
    public static MessageStages operator +(MessageStages left, MessageStages right) => new(
        left.Prepare + right.Prepare, left.Queue + right.Queue, left.Faults + right.Faults, left.Transfer + right.Transfer, left.Complete + right.Complete);

    /// <summary>Adds the stages of two messages.</summary>
    /// <param name="left">One.</param>
    /// <param name="right">The other.</param>
    /// <returns>The sums.</returns>
    public static MessageStages Add(MessageStages left, MessageStages right) => left + right;
}
