namespace Iopf;

/// <summary>What the user gave is not what is expected: one clear line naming the file, the field and the expected form.</summary>
/// <param name="message">The line.</param>
public sealed class InputException(string message) : Exception(message)
{
    /// <summary>Names nothing; for serializers only.</summary>
    public InputException()
        : this("the input is not what is expected")
    {
    }

    /// <summary>Carries the line and what led to it.</summary>
    /// <param name="message">The line.</param>
    /// <param name="innerException">What led to it.</param>
    public InputException(string message, Exception innerException)
        : this(message)
    {
        Cause = innerException;
    }

    /// <summary>What led to it, if another exception did.</summary>
    public Exception? Cause { get; }
}
