using System.ComponentModel.DataAnnotations;

namespace Iopf.Kernel;

/// <summary>What the steps of a fault cost in virtual time.</summary>
/// <remarks>The defaults are fitted to the cover letter's measurements; the derivation is in docs/decisions/0005-virtual-time.md.</remarks>
public sealed class CostOptions
{
    /// <summary>The configuration section these options are bound to.</summary>
    public const string Section = "Cost";

    /// <summary>One fault, end to end, with one page mapped, apart from <see cref="HandlerNanoseconds"/>.</summary>
    /// <value>Nanoseconds, 0 to 1,000,000,000. The default is 8,500: with the handler 10.1 us, the cost of one SVA fault.</value>
    [Range(0, 1_000_000_000)]
    public long FaultDeliveryNanoseconds { get; set; } = 8_500;

    /// <summary>The fault handler itself, with one page mapped.</summary>
    /// <value>Nanoseconds, 0 to 1,000,000,000. The default is 1,600, the published mean for VFIO.</value>
    [Range(0, 1_000_000_000)]
    public long HandlerNanoseconds { get; set; } = 1_600;

    /// <summary>Pinning and mapping one further page in the same fault.</summary>
    /// <value>Nanoseconds, 0 to 1,000,000,000. The default is 718.</value>
    [Range(0, 1_000_000_000)]
    public long PremappedPageNanoseconds { get; set; } = 718;
}
