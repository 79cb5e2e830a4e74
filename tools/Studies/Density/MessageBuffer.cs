namespace Iopf.Density;

/// <summary>A buffer that the device reads a message from or writes one to.</summary>
/// <param name="runs">Where its pages lie.</param>
internal sealed class MessageBuffer(PageRun[] runs)
{
    private readonly int _runPages = runs[0].Count;

    /// <summary>Where its pages lie: runs of one length, but for the last.</summary>
    public PageRun[] Runs => runs;

    /// <summary>How many pages it has.</summary>
    public int Pages { get; } = runs.Sum(static run => run.Count);

    /// <summary>Whether it is pinned beyond the message that uses it.</summary>
    public bool IsPinned { get; set; }

    /// <summary>Whether it was used since somebody last looked.</summary>
    public bool IsUsed { get; set; }

    /// <summary>A page of the buffer.</summary>
    /// <param name="index">Which, from 0.</param>
    /// <returns>The page of the guest's memory.</returns>
    public int this[int index] => runs[index / _runPages].First + (index % _runPages);
}
