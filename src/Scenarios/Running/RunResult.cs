using Iopf.Kernel;
using Iopf.Machine;
using Iopf.Patches;

namespace Iopf.Scenarios;

/// <summary>What a run came to.</summary>
public sealed record RunResult
{
    /// <summary>The scenario's name.</summary>
    public required string Scenario { get; init; }

    /// <summary>Which patches were on.</summary>
    public required PatchSet Patches { get; init; }

    /// <summary>Which defects of the posted code were on.</summary>
    public ErrataSet Errata { get; init; }

    /// <summary>Faults the SMMUs' drivers reported, recoverable or not.</summary>
    public long Faults { get; init; }

    /// <summary>How page requests were answered.</summary>
    public ResponseCounts Responses { get; init; } = new(0, 0, 0);

    /// <summary>Pages entered into IOMMU domains, each domain counted.</summary>
    public long MappedPages { get; init; }

    /// <summary>Pins on page frames at the end.</summary>
    public long PinnedPages { get; init; }

    /// <summary>Pages accounted as locked at the end, all processes together.</summary>
    public long LockedVm { get; init; }

    /// <summary>The most pages that were accounted as locked at one time.</summary>
    public long LockedVmPeak { get; init; }

    /// <summary>IOTLB invalidation commands that the SMMUs' drivers issued.</summary>
    public long IotlbInvalidations { get; init; }

    /// <summary>How much virtual time passed.</summary>
    public long VirtualNanoseconds { get; init; }

    /// <summary>The promises that were broken.</summary>
    public IReadOnlyList<Violation> Violations { get; init; } = [];

    /// <summary>What was asked for of the SMMUs' state, as lines.</summary>
    public IReadOnlyList<string> Dump { get; init; } = [];

    /// <summary>The operations in the order of the run; a repeated step is there once per round.</summary>
    public IReadOnlyList<RunOperation> Operations { get; init; } = [];

    /// <summary>The rows of the cover letter's table, if the scenario asked for them.</summary>
    public IReadOnlyList<RunRow> Rows { get; init; } = [];

    /// <summary>What a reader should know about the set of patches, line by line.</summary>
    public IReadOnlyList<string> Advice { get; init; } = [];
}
