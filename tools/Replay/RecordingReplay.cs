using Iopf.Kernel;
using Iopf.Replay.Posted;

namespace Iopf.Replay;

/// <summary>Holds a machine against a recording, operation by operation.</summary>
public static class RecordingReplay
{
    /// <summary>Performs every operation and compares every answer.</summary>
    /// <param name="file">The recording.</param>
    /// <param name="createReplayer">Makes a fresh machine for what the header describes.</param>
    /// <returns>How it went; a difference does not stop the replay.</returns>
    /// <exception cref="InputException">The recording cannot be read; the message names file, line and field.</exception>
    public static ReplayReport Run(string file, Func<RecordingHeader, IType1Replayer> createReplayer)
    {
        ArgumentNullException.ThrowIfNull(createReplayer);
        if (RecordingReader.FormatOf(file) == PostedReplay.Format)
        {
            using TextReader text = RecordingReader.OpenText(file);
            return PostedReplay.Run(file, new RecordingLines(file, text));
        }

        using RecordingReader reader = RecordingReader.Open(file);
        IType1Replayer replayer = createReplayer(reader.Header);
        int operations = 0;
        int matched = 0;
        ReplayMismatch? first = null;
        foreach (RecordedOperation operation in reader.Operations())
        {
            operations++;
            AnswerDifference? difference = operation.Answer.FirstDifferenceTo(replayer.Answer(operation));
            if (difference is null)
            {
                matched++;
            }
            else
            {
                first ??= new ReplayMismatch(operation.Line, operation.ToString(), difference.Expected, difference.Actual);
            }
        }

        return new ReplayReport(file, reader.Header.Format, operations, matched, first, replayer.Violations);
    }
}
