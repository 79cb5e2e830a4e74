namespace Iopf.SmmuLog;

/// <summary>Takes what the decoder finds, as soon as it is known.</summary>
public interface IDecodeSink
{
    /// <summary>A record.</summary>
    /// <param name="record">The record.</param>
    void Record(SmmuRecord record);

    /// <summary>A record of which something is missing.</summary>
    /// <param name="incomplete">What is known of it.</param>
    void Incomplete(IncompleteRecord incomplete);

    /// <summary>A line that tells of trouble or of the set-up.</summary>
    /// <param name="error">The line.</param>
    void Error(LogError error);

    /// <summary>A line of another IOMMU.</summary>
    /// <param name="foreign">The line.</param>
    void Foreign(ForeignLine foreign);
}
