using Iopf.Kernel;
using Iopf.Mm;

namespace Iopf.ArmSmmuV3.Driver;

/// <summary>Keeps the devices of one domain in step with one process's address space.</summary>
/// <remarks>Kernel: <c>struct arm_smmu_mmu_notifier</c>, <c>arm_smmu_mm_invalidate_range</c>, <c>arm_smmu_mm_release</c>.</remarks>
internal sealed class SvaNotifier(SharedAddressSpace shared, ArmSmmuDomain domain, KernelMutex svaLock) : MmuNotifier
{
    // More commands than this take longer than refilling the TLB. Deviation: the kernel of the series has no such limit.
    private const ulong CommandsMax = 512;

    /// <summary>The address space and its numbers.</summary>
    internal SharedAddressSpace Shared { get; } = shared;

    /// <summary>The domain whose substream uses it.</summary>
    internal ArmSmmuDomain Domain { get; } = domain;

    /// <summary>How many devices of the domain are bound.</summary>
    internal int References { get; set; } = 1;

    /// <summary>Whether the substream's walks are switched off for good.</summary>
    internal bool IsCleared { get; set; }

    /// <summary>Forgets what the CPU's page table no longer says. Issues commands only, so it may run under the page table lock.</summary>
    /// <param name="mm">The address space.</param>
    /// <param name="range">The addresses whose entries changed.</param>
    public override void InvalidateRange(AddressSpace mm, UserRange range)
    {
        ArmSmmuDevice smmu = Domain.Smmu!;
        if (range.PageCount > CommandsMax)
        {
            DomainInvalidation.AddressSpace(smmu, Shared.Asid);
            return;
        }

        DomainInvalidation.Range(
            smmu,
            Shared.Asid,
            Page.StartOf(range.First.Value),
            range.Last.Value,
            Page.Size,
            leaf: false);
    }

    /// <summary>The process is gone, its page table about to be freed: walks stop now, the device may still be sending.</summary>
    /// <param name="mm">The address space.</param>
    public override void Release(AddressSpace mm)
    {
        // Whoever unregisters a notifier that is cleared already may hold the lock.
        if (IsCleared)
        {
            return;
        }

        using (svaLock.Hold())
        {
            Domain.Stage1!.Quieten(Shared.Pasid);
            DomainInvalidation.AddressSpace(Domain.Smmu!, Shared.Asid);
            IsCleared = true;
        }
    }
}
