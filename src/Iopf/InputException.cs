namespace Iopf;

/// <summary>The user gave something that cannot be used; the message is one line: what, where, and what was expected.</summary>
/// <remarks>The command line prints the message and ends with exit code 2.</remarks>
public sealed class InputException : Exception
{
    /// <summary>Says nothing; for serializers only.</summary>
    public InputException()
        : base("the input cannot be used")
    {
    }

    /// <summary>Says what is wrong.</summary>
    /// <param name="message">One line: the place, what was found, and the expected form.</param>
    public InputException(string message)
        : base(message)
    {
    }

    /// <summary>Says what is wrong and what led to it.</summary>
    /// <param name="message">One line: the place, what was found, and the expected form.</param>
    /// <param name="innerException">What led to it.</param>
    public InputException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
