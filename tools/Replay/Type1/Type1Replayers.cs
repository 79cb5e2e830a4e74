namespace Iopf.Replay;

/// <summary>The machine that replays run on: the one place that names it.</summary>
public static class Type1Replayers
{
    /// <summary>Makes a fresh machine for what a header describes.</summary>
    /// <param name="header">The header of the recording.</param>
    /// <returns>The machine.</returns>
    public static IType1Replayer Create(RecordingHeader header)
    {
        ArgumentNullException.ThrowIfNull(header);
        return new Type1ReplayMachine(header);
    }
}
