namespace Iopf.ArmSmmuV3.Hardware;

/// <summary>What a command does: bits 7:0 of its word 0.</summary>
/// <remarks>Arm IHI 0070, section 4. Opcodes not listed here are illegal on this SMMU.</remarks>
public enum SmmuOpcode : byte
{
    /// <summary>Hint: fetch a configuration. Ignored.</summary>
    PREFETCH_CONFIG = 0x01,

    /// <summary>Hint: fetch a translation. Ignored.</summary>
    PREFETCH_ADDR = 0x02,

    /// <summary>Forget one cached STE and the CDs under it.</summary>
    CFGI_STE = 0x03,

    /// <summary>Forget a range of cached STEs; with range 31 all of them.</summary>
    CFGI_STE_RANGE = 0x04,

    /// <summary>Forget one cached CD.</summary>
    CFGI_CD = 0x05,

    /// <summary>Forget all cached CDs of a stream.</summary>
    CFGI_CD_ALL = 0x06,

    /// <summary>Forget all stage-1 translations of a VMID.</summary>
    TLBI_NH_ALL = 0x10,

    /// <summary>Forget the non-global stage-1 translations of a VMID and ASID.</summary>
    TLBI_NH_ASID = 0x11,

    /// <summary>Forget the stage-1 translation of one address in a VMID and ASID.</summary>
    TLBI_NH_VA = 0x12,

    /// <summary>Forget the stage-1 translations of one address in a VMID, whatever the ASID.</summary>
    TLBI_NH_VAA = 0x13,

    /// <summary>Forget all translations of a VMID, both stages.</summary>
    TLBI_S12_VMALL = 0x28,

    /// <summary>Forget the stage-2 translation of one IPA in a VMID.</summary>
    TLBI_S2_IPA = 0x2a,

    /// <summary>Forget all non-hypervisor translations.</summary>
    TLBI_NSNH_ALL = 0x30,

    /// <summary>Invalidate a device's ATC. Illegal: there is no ATS (IDR0.ATS).</summary>
    ATC_INV = 0x40,

    /// <summary>Answer a PRI page request. Illegal: there is no PRI queue (IDR0.PRI).</summary>
    PRI_RESP = 0x41,

    /// <summary>End a stall.</summary>
    RESUME = 0x44,

    /// <summary>Abort all stalled transactions of a stream.</summary>
    STALL_TERM = 0x45,

    /// <summary>Complete when all earlier commands have taken effect.</summary>
    SYNC = 0x46,
}
