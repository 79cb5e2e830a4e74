namespace Iopf.ArmSmmuV3.Driver;

/// <summary>One device's use of one address space.</summary>
/// <remarks>Kernel: <c>struct arm_smmu_bond</c>.</remarks>
internal sealed class SvaBond(SvaNotifier notifier)
{
    /// <summary>What keeps the device's translations in step with the address space.</summary>
    internal SvaNotifier Notifier { get; } = notifier;

    /// <summary>How often the device was bound to the address space.</summary>
    internal int References { get; set; } = 1;
}
