namespace Iopf.ArmSmmuV3.Hardware;

/// <summary>What an implementer of the SMMU decides: capabilities, widths and sizes.</summary>
/// <remarks>Read once, when the SMMU is created; visible to the driver in the identification registers.</remarks>
public sealed class SmmuHardwareOptions
{
    /// <summary>Whether faulting transactions can stall.</summary>
    /// <value>Any <see cref="Hardware.StallModel"/>; default: each context chooses.</value>
    public StallModel StallModel { get; set; } = StallModel.StallOrTerminate;

    /// <summary>How many transactions can be stalled at the same time.</summary>
    /// <value>A power of two from 1 to 32768; default 32. <c>SMMU_IDR5.STALL_MAX</c>.</value>
    public int StallMax { get; set; } = 32;

    /// <summary>The largest event queue, as log2 of its records.</summary>
    /// <value>0 to 19; default 7 (one 4 KiB page). <c>SMMU_IDR1.EVENTQS</c>.</value>
    public int EventQueueLog2Size { get; set; } = 7;

    /// <summary>The largest command queue, as log2 of its commands.</summary>
    /// <value>0 to 19; default 8 (one 4 KiB page). <c>SMMU_IDR1.CMDQS</c>.</value>
    public int CommandQueueLog2Size { get; set; } = 8;

    /// <summary>The width of an intermediate physical address.</summary>
    /// <value>32, 36, 40, 42, 44 or 48; default 48. The architecture derives it from the output width.</value>
    public int InputAddressBits { get; set; } = 48;

    /// <summary>The width of a physical address.</summary>
    /// <value>32, 36, 40, 42, 44 or 48; default 48. <c>SMMU_IDR5.OAS</c>.</value>
    public int OutputAddressBits { get; set; } = 48;

    /// <summary>The width of a substream ID (PASID).</summary>
    /// <value>0 (no substreams) to 20; default 16. <c>SMMU_IDR1.SSIDSIZE</c>.</value>
    public int SubstreamBits { get; set; } = 16;

    /// <summary>The width of a stream ID.</summary>
    /// <value>1 to 32; default 16. <c>SMMU_IDR1.SIDSIZE</c>.</value>
    public int StreamIdBits { get; set; } = 16;

    /// <summary>Whether event records say in CLASS what the SMMU was fetching when the fault happened.</summary>
    /// <value>Default true; false leaves CLASS zero, as QEMU 7.2 does.</value>
    public bool ReportsEventClass { get; set; } = true;

    /// <summary>How many translations the TLB holds.</summary>
    /// <value>A power of two from 16 to 2^20; default 4096.</value>
    public int TlbEntries { get; set; } = 4096;
}
