using Iopf.Mm;

namespace Iopf.ArmSmmuV3.Hardware;

/// <summary>Finds the STE of a stream in a linear or two-level stream table.</summary>
/// <remarks>Arm IHI 0070, sections 3.3.1 and 5.1. Holds STRTAB_BASE and STRTAB_BASE_CFG.</remarks>
/// <param name="memory">Where the table is.</param>
/// <param name="options">Widths of stream IDs and addresses.</param>
internal sealed class StreamTable(PhysicalMemory memory, SmmuHardwareOptions options)
{
    private const int SteLog2 = 6;
    private const int DescriptorLog2 = 3;

    private static readonly BitField BaseAddress = new(51, 6);
    private static readonly BitField Log2Size = new(5, 0);
    private static readonly BitField Split = new(10, 6);
    private static readonly BitField Format = new(17, 16);
    private static readonly BitField Level2Pointer = new(51, 6);
    private static readonly BitField Level2Span = new(4, 0);

    /// <summary>STRTAB_BASE.</summary>
    public ulong Base { get; set; }

    /// <summary>STRTAB_BASE_CFG.</summary>
    public ulong Configuration { get; set; }

    /// <summary>Finds a stream's STE.</summary>
    /// <param name="streamId">The stream.</param>
    /// <param name="address">Where the STE is.</param>
    /// <param name="fault">C_BAD_STREAMID or F_STE_FETCH.</param>
    /// <returns>Whether there is one.</returns>
    public bool Locate(uint streamId, out ulong address, ref TranslationFault fault)
    {
        address = 0;
        int sizeLog2 = Math.Min((int)Log2Size.Of(Configuration), options.StreamIdBits);
        if ((ulong)streamId >> sizeLog2 != 0)
        {
            fault = TranslationFault.Abort(SmmuEventType.C_BAD_STREAMID);
            return false;
        }
        ulong index = streamId;
        ulong table = BaseAddress.InPlace(Base);
        if (Format.Of(Configuration) != 1)
        {
            table &= ulong.MaxValue << (sizeLog2 + SteLog2);
        }
        else
        {
            int split = SplitOf(Configuration);
            table &= ulong.MaxValue << Math.Max(SteLog2, sizeLog2 - split + DescriptorLog2);
            ulong descriptorAddress = table + ((index >> split) * 8);
            if (!IsReadable(descriptorAddress, ref fault))
            {
                return false;
            }
            ulong descriptor = memory.ReadWord(descriptorAddress);
            index &= (1UL << split) - 1;
            int span = (int)Level2Span.Of(descriptor);
            if (span == 0 || span > split + 1 || index >> (span - 1) != 0)
            {
                fault = TranslationFault.Abort(SmmuEventType.C_BAD_STREAMID);
                return false;
            }
            table = Level2Pointer.InPlace(descriptor) & (ulong.MaxValue << (span - 1 + SteLog2));
        }
        address = table + (index * StreamTableEntry.SizeBytes);
        return IsReadable(address, ref fault);
    }

    /// <summary>Level 2 tables have 2^6, 2^8 or 2^10 STEs; reserved values of SPLIT mean the first.</summary>
    private static int SplitOf(ulong configuration) => (int)Split.Of(configuration) is int split and (6 or 8 or 10) ? split : 6;

    private bool IsReadable(ulong address, ref TranslationFault fault)
    {
        if (address >> options.OutputAddressBits == 0)
        {
            return true;
        }
        fault = TranslationFault.Abort(SmmuEventType.F_STE_FETCH, fetchAddress: address);
        return false;
    }
}
