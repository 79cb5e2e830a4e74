namespace Iopf.Kernel;

/// <summary>A promise of the model was broken; the message names it.</summary>
public sealed class InvariantViolationException : Exception
{
    /// <summary>Names no promise; for serializers only.</summary>
    public InvariantViolationException()
        : base("a promise of the model was broken")
    {
    }

    /// <summary>Names the broken promise.</summary>
    /// <param name="message">The promise in words.</param>
    public InvariantViolationException(string message)
        : base(message)
    {
    }

    /// <summary>Names the broken promise and what led to it.</summary>
    /// <param name="message">The promise in words.</param>
    /// <param name="innerException">What led to it.</param>
    public InvariantViolationException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
