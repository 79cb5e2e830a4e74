namespace Iopf.Kernel;

/// <summary>The modeled kernel crashed: the run ends here.</summary>
/// <remarks>Kernel: an oops or <c>BUG</c>. Only posted defects and defined kernel limits (ten fruitless unmap retries) reach it.</remarks>
/// <param name="kind">What happened: "BUG", "NULL pointer dereference", "use after free".</param>
/// <param name="place">The kernel function it happened in.</param>
public sealed class KernelOopsException(string kind, string place) : Exception($"{kind} in {place}")
{
    /// <summary>What happened.</summary>
    public string Kind { get; } = kind;

    /// <summary>The kernel function it happened in.</summary>
    public string Place { get; } = place;
}
