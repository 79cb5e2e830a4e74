namespace Iopf.ArmSmmuV3.Hardware;

/// <summary>A part of an SMMU's state that can be printed.</summary>
public enum SmmuDumpPart
{
    /// <summary>The stream table entries of its streams.</summary>
    Ste,

    /// <summary>Their context descriptors.</summary>
    Cd,

    /// <summary>The translation tables they lead to.</summary>
    Tables,

    /// <summary>What the TLB holds.</summary>
    Tlb,

    /// <summary>Both queues.</summary>
    Queues,
}
