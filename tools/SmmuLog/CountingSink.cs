namespace Iopf.SmmuLog;

/// <summary>Counts what it passes on.</summary>
internal sealed class CountingSink(IDecodeSink sink, DecodeSummary summary, StreamOwners owners, MappingHistory history) : IDecodeSink
{
    public void Record(SmmuRecord record)
    {
        summary.Count(record);
        sink.Record(WithContext(record));
        foreach (string disagreement in record.Disagreements)
        {
            Error(new LogError(
                record.Place, record.Device, "contradiction", disagreement, "The lines of this record contradict each other; at least one of them is damaged.", []));
        }
    }

    // What other lines of the log tell of its stream and its address.
    private SmmuRecord WithContext(SmmuRecord record)
    {
        if (record is { Facts.StreamId: uint stream, Printed.Client: { } client })
        {
            owners.Client(stream, client);
        }

        if (record.Facts.InputAddress is ulong address && history.Tell(address, record.Place.Time) is { } told)
        {
            record = record with { Notes = [.. record.Notes, told] };
        }

        return record.Facts.StreamId is uint known ? record with { Owner = owners.Of(known) } : record;
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
