namespace Iopf.ArmSmmuV3.Hardware;

/// <summary>A transaction that waits in or in front of the SMMU.</summary>
/// <param name="Request">What was issued.</param>
/// <param name="Master">Who hears how it ends.</param>
/// <param name="Transaction">The master's number for it.</param>
internal readonly record struct StalledTransaction(DmaRequest Request, IBusMaster Master, int Transaction)
{
    /// <summary>The intermediate physical address that faulted; <see langword="null"/> if stage 1 faulted.</summary>
    public ulong? Ipa { get; init; }
}
