namespace Iopf.ArmSmmuV3.Hardware;

/// <summary>What an event record reports: bits 7:0 of its word 0.</summary>
/// <remarks>Arm IHI 0070, section 7.3. F_ events are faults, C_ events configuration errors, E_ events neither.</remarks>
public enum SmmuEventType : byte
{
    /// <summary>Unsupported upstream transaction.</summary>
    F_UUT = 0x01,

    /// <summary>The stream ID lies outside the stream table.</summary>
    C_BAD_STREAMID = 0x02,

    /// <summary>The STE could not be read.</summary>
    F_STE_FETCH = 0x03,

    /// <summary>The STE is invalid or illegal.</summary>
    C_BAD_STE = 0x04,

    /// <summary>An ATS translation request where none is allowed.</summary>
    F_BAD_ATS_TREQ = 0x05,

    /// <summary>Traffic without a substream where only substreams translate, or substream 0 where it is reserved.</summary>
    F_STREAM_DISABLED = 0x06,

    /// <summary>A translated transaction where none is allowed.</summary>
    F_TRANSL_FORBIDDEN = 0x07,

    /// <summary>The substream ID lies outside the table of context descriptors, or substreams are off.</summary>
    C_BAD_SUBSTREAMID = 0x08,

    /// <summary>The CD could not be read.</summary>
    F_CD_FETCH = 0x09,

    /// <summary>The CD is invalid or illegal.</summary>
    C_BAD_CD = 0x0a,

    /// <summary>A page-table descriptor could not be read.</summary>
    F_WALK_EABT = 0x0b,

    /// <summary>No valid translation for the address.</summary>
    F_TRANSLATION = 0x10,

    /// <summary>A descriptor leads to an address that is too wide.</summary>
    F_ADDR_SIZE = 0x11,

    /// <summary>The access flag is clear.</summary>
    F_ACCESS = 0x12,

    /// <summary>The translation does not grant the access.</summary>
    F_PERMISSION = 0x13,

    /// <summary>Two TLB entries match.</summary>
    F_TLB_CONFLICT = 0x20,

    /// <summary>Two cached configurations match.</summary>
    F_CFG_CONFLICT = 0x21,

    /// <summary>A speculative page request.</summary>
    E_PAGE_REQUEST = 0x24,

    /// <summary>The virtual machine structure could not be read.</summary>
    F_VMS_FETCH = 0x25,
}
