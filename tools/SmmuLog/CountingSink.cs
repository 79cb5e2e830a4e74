namespace Iopf.SmmuLog;

/// <summary>Counts what it passes on.</summary>
internal sealed class CountingSink(IDecodeSink sink, DecodeSummary summary) : IDecodeSink
{
    public void Record(SmmuRecord record)
    {
        summary.Count(record);
        sink.Record(record);
        foreach (string disagreement in record.Disagreements)
        {
            Error(new LogError(
                record.Place, record.Device, "contradiction", disagreement, "The lines of this record contradict each other; at least one of them is damaged.", []));
        }
    }

    public void Incomplete(IncompleteRecord incomplete)
    {
        summary.CountIncomplete();
        sink.Incomplete(incomplete);
    }

    public void Error(LogError error)
    {
        summary.Count(error);
        sink.Error(error);
    }

    public void Foreign(ForeignLine foreign)
    {
        summary.Count(foreign);
        sink.Foreign(foreign);
    }
}
