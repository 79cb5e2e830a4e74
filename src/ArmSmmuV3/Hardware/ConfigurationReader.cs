using Iopf.Mm;

namespace Iopf.ArmSmmuV3.Hardware;

/// <summary>Reads and checks what configures a transaction: its STE, and its CD if stage 1 translates.</summary>
/// <remarks>Arm IHI 0070, sections 5.2, 5.4, 5.5 and 15.</remarks>
/// <param name="memory">Where the structures are.</param>
/// <param name="options">What the SMMU supports.</param>
/// <param name="streamTable">Where STEs are.</param>
/// <param name="walker">Translates the IPA of a CD.</param>
internal sealed class ConfigurationReader(
    PhysicalMemory memory,
    SmmuHardwareOptions options,
    StreamTable streamTable,
    PageTableWalker walker)
{
    private const int DssBypass = 1;
    private const int DssSubstream0 = 2;

    /// <summary>Fills a context for a stream and substream.</summary>
    /// <returns>Whether the traffic is configured; if not, the fault says what the transaction meets.</returns>
    public bool Read(uint streamId, uint? substreamId, StreamContext context, ref TranslationFault fault)
    {
        context.MergesEvents = false;
        if (!streamTable.Locate(streamId, out ulong address, ref fault))
        {
            return false;
        }
        StreamTableEntry ste = StreamTableEntry.Read(memory, address);
        if (!IsLegal(in ste))
        {
            fault = TranslationFault.Abort(SmmuEventType.C_BAD_STE);
            return false;
        }
        context.MergesEvents = ste.MEV;
        if (!SelectContext(in ste, substreamId, out bool usesStage1, ref fault))
        {
            return false;
        }
        if (!context.SetStream(in ste, usesStage1, options))
        {
            fault = TranslationFault.Abort(SmmuEventType.C_BAD_STE);
            return false;
        }
        return !usesStage1 || ReadContext(in ste, substreamId ?? 0, context, ref fault);
    }

    private static bool HasStage1(StreamConfig config) => config is StreamConfig.Stage1 or StreamConfig.Nested;

    private static bool HasStage2(StreamConfig config) => config is StreamConfig.Stage2 or StreamConfig.Nested;

    private bool IsLegal(in StreamTableEntry ste)
    {
        if (!ste.IsValid)
        {
            return false;
        }
        bool stage1 = !HasStage1(ste.Config)
            || (ste.STRW == 0
                && ste.S1CDMax <= options.SubstreamBits
                && (ste.S1CDMax == 0 || (ste.S1Fmt <= 2 && ste.S1DSS <= DssSubstream0))
                && (!ste.S1STALLD || options.StallModel == StallModel.StallOrTerminate));
        bool stage2 = !HasStage2(ste.Config)
            || (ste.S2AA64 && ste.S2TG == 0 && !ste.S2ENDI && ste.S2HTTU == 0 && StallIsLegal(ste.S2S));
        return stage1 && stage2;
    }

    private bool StallIsLegal(bool stalls) => options.StallModel switch
    {
        StallModel.TerminateOnly => !stalls,
        StallModel.StallForced => stalls,
        _ => true,
    };

    /// <summary>Whether stage 1 translates this substream, or the transaction may not pass at all.</summary>
    private static bool SelectContext(in StreamTableEntry ste, uint? substreamId, out bool usesStage1, ref TranslationFault fault)
    {
        usesStage1 = HasStage1(ste.Config);
        if (ste.Config < StreamConfig.Bypass)
        {
            return true;
        }
        int substreamBits = usesStage1 ? ste.S1CDMax : 0;
        if (substreamId is uint substream)
        {
            if (substreamBits == 0 || substream >> substreamBits != 0)
            {
                fault = TranslationFault.Abort(SmmuEventType.C_BAD_SUBSTREAMID);
                return false;
            }
            if (substream == 0 && ste.S1DSS == DssSubstream0)
            {
                fault = TranslationFault.Abort(SmmuEventType.F_STREAM_DISABLED);
                return false;
            }
        }
        else if (substreamBits != 0 && ste.S1DSS != DssSubstream0)
        {
            usesStage1 = false;
            if (ste.S1DSS != DssBypass)
            {
                fault = TranslationFault.Abort(SmmuEventType.F_STREAM_DISABLED);
                return false;
            }
        }
        return true;
    }

    private bool ReadContext(in StreamTableEntry ste, uint substreamId, StreamContext context, ref TranslationFault fault)
    {
        if (!LocateContext(in ste, substreamId, context, out ulong address, ref fault))
        {
            return false;
        }
        ContextDescriptor cd = ContextDescriptor.Read(memory, address);
        if (cd.IsValid && cd.AA64 && cd.HTTU == 0 && !(cd.ENDI && !(cd.EPD0 && cd.EPD1))
            && !(cd.S && ste.S1STALLD) && StallIsLegal(cd.S)
            && context.SetContext(in cd, in ste, options.OutputAddressBits))
        {
            return true;
        }
        fault = TranslationFault.Abort(SmmuEventType.C_BAD_CD);
        return false;
    }

    private bool LocateContext(
        in StreamTableEntry ste,
        uint substreamId,
        StreamContext context,
        out ulong address,
        ref TranslationFault fault)
    {
        address = ste.S1ContextPtr;
        ulong index = substreamId;
        if (ste.S1CDMax != 0 && ste.S1Fmt != 0)
        {
            int leafBits = ste.S1Fmt == 1 ? 6 : 10;
            address += (index >> leafBits) * 8;
            if (!IsReadable(ref address, context, ref fault))
            {
                return false;
            }
            ulong descriptor = memory.ReadWord(address);
            if ((descriptor & 1) == 0)
            {
                fault = TranslationFault.Abort(SmmuEventType.C_BAD_SUBSTREAMID);
                return false;
            }
            address = EventRecord.IpaMask & descriptor;
            index &= (1UL << leafBits) - 1;
        }
        address += index * ContextDescriptor.SizeBytes;
        return IsReadable(ref address, context, ref fault);
    }

    private bool IsReadable(ref ulong address, StreamContext context, ref TranslationFault fault)
    {
        if (context.HasStage2 && !walker.Locate(context.Stage2Tables, ref address, FaultClass.ContextDescriptor, ref fault))
        {
            return false;
        }
        if (address >> options.OutputAddressBits == 0)
        {
            return true;
        }
        fault = TranslationFault.Abort(SmmuEventType.F_CD_FETCH, fetchAddress: address);
        return false;
    }
}
