using Iopf.Kernel;

namespace Iopf.Replay.Posted;

/// <summary>What <c>config</c> lines set: failures to come, and how the surroundings react.</summary>
internal sealed class RecordedKnobs
{
    /// <summary>How many pages one fault may map, from 1.</summary>
    public int PremapLength { get; set; } = 1;

    /// <summary>Pages a frame allocator hands out before it skips one; 0 never skips.</summary>
    public ulong AllocationRun { get; set; }

    /// <summary>Pages per block that can only be unmapped as a whole; 0 for none.</summary>
    public ulong BlockPages { get; set; }

    /// <summary>The iova page whose mapping fails; 0 for none.</summary>
    public ulong FailingPage { get; set; }

    /// <summary>The domain in which it fails; 0 for any.</summary>
    public int FailingDomain { get; set; }

    /// <summary>The kernel function whose allocation fails; null for none.</summary>
    public string? FailingFunction { get; set; }

    /// <summary>Which of its next allocations fails, from 1.</summary>
    public ulong FailingAllocation { get; set; }

    /// <summary>The device whose feature cannot be enabled; null for none.</summary>
    public string? FailingFeature { get; set; }

    /// <summary>The error of that.</summary>
    public Errno FeatureError { get; set; }

    /// <summary>Whether enabling an enabled feature succeeds.</summary>
    public bool IsReenablingFine { get; set; }

    /// <summary>Whether domains cannot tell whether they are nested.</summary>
    public bool HidesNesting { get; set; }

    /// <summary>Whether the next registration of an MMU notifier fails.</summary>
    public bool FailsNotifier { get; set; }

    /// <summary>Whether the caller has no memory.</summary>
    public bool HasNoMemory { get; set; }

    /// <summary>Whether the IOMMU driver can answer page requests.</summary>
    public bool CanRespond { get; set; } = true;

    /// <summary>What the guest's fault callback returns.</summary>
    public Errno TransferResult { get; set; }

    /// <summary>Whether there is no such callback.</summary>
    public bool IsTransferMissing { get; set; }

    /// <summary>Whether the vendor driver does nothing when it is told of an unmap.</summary>
    public bool IgnoresUnmap { get; set; }

    /// <summary>What ends a wait for a valid vaddr.</summary>
    public string Wait { get; set; } = "hang";

    /// <summary>What another thread maps again when a wait ends with <c>remap</c>.</summary>
    public (ulong Iova, ulong Size, ulong Vaddr) Remap { get; set; }

    /// <summary>The reserved range of groups attached from now on; no length for none.</summary>
    public (ulong Start, ulong Length) Reserved { get; set; }
}
