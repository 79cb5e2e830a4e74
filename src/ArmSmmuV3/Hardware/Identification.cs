using System.Numerics;

namespace Iopf.ArmSmmuV3.Hardware;

/// <summary>The identification registers: what an SMMU with these options says about itself.</summary>
/// <param name="options">What the implementer decided.</param>
internal sealed class Identification(SmmuHardwareOptions options)
{
    private const uint Stage2 = 1u << 0;
    private const uint Stage1 = 1u << 1;
    private const uint AArch64Tables = 2u << 2;
    private const uint CoherentTables = 1u << 4;
    private const uint Asid16 = 1u << 12;
    private const uint Vmid16 = 1u << 18;
    private const uint TwoLevelContexts = 1u << 19;
    private const uint LittleEndian = 2u << 21;
    private const uint TwoLevelStreams = 1u << 27;
    private const uint Granule4K = 1u << 4;

    /// <summary>IDR0: both stages, AArch64 tables, two-level tables, the stall model; RAZ/WI termination is available.</summary>
    public uint Idr0 { get; } = Stage2 | Stage1 | AArch64Tables | CoherentTables | Asid16 | Vmid16 | TwoLevelContexts
        | LittleEndian | TwoLevelStreams | ((uint)options.StallModel << 24);

    /// <summary>IDR1: widths of stream and substream IDs, sizes of the queues.</summary>
    public uint Idr1 { get; } = (uint)options.StreamIdBits | ((uint)options.SubstreamBits << 6)
        | ((uint)options.EventQueueLog2Size << 16) | ((uint)options.CommandQueueLog2Size << 21);

    /// <summary>IDR5: output width, 4 KiB granule, the number of stalls.</summary>
    public uint Idr5 { get; } = (uint)TranslationTables.CodeOf(options.OutputAddressBits) | Granule4K | ((uint)options.StallMax << 16);

    /// <summary>Refuses options no SMMU can have.</summary>
    public static void Check(SmmuHardwareOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        Check(BitOperations.IsPow2(options.StallMax) && options.StallMax <= 32768, "StallMax is a power of two from 1 to 32768");
        Check(BitOperations.IsPow2(options.TlbEntries), "TlbEntries is a power of two");
        Check(options.TlbEntries is >= 16 and <= 1 << 20, "TlbEntries is 16 to 2^20");
        Check(options.EventQueueLog2Size is >= 0 and <= 19, "EventQueueLog2Size is 0 to 19");
        Check(options.CommandQueueLog2Size is >= 0 and <= 19, "CommandQueueLog2Size is 0 to 19");
        Check(options.SubstreamBits is >= 0 and <= 20, "SubstreamBits is 0 to 20");
        Check(options.StreamIdBits is >= 1 and <= 32, "StreamIdBits is 1 to 32");
        Check(options.InputAddressBits is >= 32 and <= 48, "InputAddressBits is 32 to 48");
    }

    private static void Check(bool holds, string rule)
    {
        if (!holds)
        {
            throw new ArgumentException(rule);
        }
    }
}
