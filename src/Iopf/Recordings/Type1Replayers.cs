namespace Iopf.Recordings;

/// <summary>The machine that replays run on: the one place that names it.</summary>
public static class Type1Replayers
{
    /// <summary>Makes a fresh machine for what a header describes.</summary>
    /// <param name="header">The header of the recording.</param>
    /// <returns>The machine.</returns>
    /// <exception cref="InputException">This build has no such machine.</exception>
    public static IType1Replayer Create(RecordingHeader header)
    {
        ArgumentNullException.ThrowIfNull(header);
        throw new InputException($"replaying {header.Format} needs the machine, which this build does not have");
    }
}
