namespace Iopf.Kernel;

/// <summary>The modeled kernel crashed: the run ends here.</summary>
/// <remarks>Kernel: an oops or <c>BUG</c>. Only posted defects and defined kernel limits (ten fruitless unmap retries) reach it.</remarks>
public sealed class KernelOopsException : Exception
{
    /// <summary>Describes nothing; for serializers only.</summary>
    public KernelOopsException()
        : this("oops", "unknown")
    {
    }

    /// <summary>Describes a crash of unknown place.</summary>
    /// <param name="message">What happened.</param>
    public KernelOopsException(string message)
        : this(message, "unknown")
    {
    }

    /// <summary>Describes a crash of unknown place with its cause.</summary>
    /// <param name="message">What happened.</param>
    /// <param name="innerException">The cause.</param>
    public KernelOopsException(string message, Exception innerException)
        : base(message, innerException)
    {
        Kind = message;
        Place = "unknown";
    }

    /// <summary>Describes a crash.</summary>
    /// <param name="kind">What happened: "BUG", "NULL pointer dereference", "use after free".</param>
    /// <param name="place">The kernel function it happened in.</param>
    public KernelOopsException(string kind, string place)
        : base($"{kind} in {place}")
    {
        Kind = kind;
        Place = place;
    }

    /// <summary>What happened.</summary>
    public string Kind { get; }

    /// <summary>The kernel function it happened in.</summary>
    public string Place { get; }
}
