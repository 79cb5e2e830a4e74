using System.Runtime.CompilerServices;
using Iopf.Kernel;

namespace Iopf.ArmSmmuV3.Hardware;

/// <summary>Takes one transaction from its stream to a physical address or to a fault: configuration, TLB, page tables.</summary>
/// <remarks>Arm IHI 0070, section 15.</remarks>
/// <param name="kernel">Trace.</param>
/// <param name="options">Address widths.</param>
/// <param name="reader">Reads configurations.</param>
/// <param name="configurations">Configurations read before.</param>
/// <param name="walker">Walks page tables.</param>
/// <param name="tlb">Translations found before.</param>
/// <param name="name">The SMMU's name in the trace.</param>
internal sealed class Translator(
    HostKernel kernel,
    SmmuHardwareOptions options,
    ConfigurationReader reader,
    ConfigurationCache configurations,
    PageTableWalker walker,
    Tlb tlb,
    string name)
{
    private readonly int _outputBits = options.OutputAddressBits;

    /// <summary>CR0.SMMUEN.</summary>
    public bool IsEnabled { get; set; }

    /// <summary>GBPA.ABORT: what a disabled SMMU does with transactions.</summary>
    public bool AbortsWhenDisabled { get; set; }

    /// <summary>CR2.RECINVSID.</summary>
    public bool RecordsBadStreamIds { get; set; }

    /// <summary>Transactions whose translation was in the TLB.</summary>
    public long Hits { get; private set; }

    /// <summary>Transactions that walked page tables.</summary>
    public long Misses { get; private set; }

    /// <summary>Translates a transaction whose configuration and translation are cached and that may do what it wants.</summary>
    /// <returns>Whether it could; if not, <see cref="Translate"/> finds out the rest.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryHit(in DmaRequest request, out ulong physicalAddress)
    {
        StreamContext? context = configurations.Find(StreamContext.KeyOf(request.StreamId, request.SubstreamId));
        if (IsEnabled && context is not null && context.TlbTag != 0)
        {
            ulong address = context.CanonicalOf(request.Address.Value);
            ref TlbEntry entry = ref tlb.Find(context.TlbTag, address);
            if (!Unsafe.IsNullRef(ref entry) && (entry.Rights & context.AccessOf(in request)) != 0 && !request.IsSpeculativeWrite)
            {
                Hits++;
                physicalAddress = entry.PhysicalAddressOf(address);
                kernel.Step(TraceLayer.Smmu, "translate", name, request.Address, $"TLB hit: pa 0x{physicalAddress:x}");
                return true;
            }
        }
        physicalAddress = 0;
        return false;
    }

    /// <summary>Translates a transaction from scratch.</summary>
    /// <param name="request">The transaction.</param>
    /// <param name="physicalAddress">Where it goes; 0 after a fault.</param>
    /// <param name="fault">Why it could not be translated and what follows; a type of 0 is a silent abort.</param>
    /// <returns>Whether it goes on.</returns>
    public bool Translate(in DmaRequest request, out ulong physicalAddress, out TranslationFault fault)
    {
        fault = default;
        physicalAddress = 0;
        if (!IsEnabled)
        {
            // Neither way leaves an event.
            fault.Aborts = AbortsWhenDisabled || request.Address.Value >> _outputBits != 0;
            physicalAddress = fault.Aborts ? 0 : request.Address.Value;
            return !fault.Aborts;
        }
        if (TryConfigure(in request, out StreamContext context, ref fault)
            && TryPass(context, in request, out physicalAddress, ref fault))
        {
            return true;
        }
        physicalAddress = 0;
        fault.MayMerge = context.MergesEvents;
        return false;
    }

    private bool TryPass(StreamContext context, in DmaRequest request, out ulong physicalAddress, ref TranslationFault fault)
    {
        physicalAddress = request.Address.Value;
        if (context.IsAborting || request.IsSpeculativeWrite)
        {
            fault.Aborts = true;
            return false;
        }
        if (!context.HasStage1 && request.Address.Value >> (context.HasStage2 ? options.InputAddressBits : _outputBits) != 0)
        {
            fault = TranslationFault.Abort(SmmuEventType.F_ADDR_SIZE);
            fault.Class = FaultClass.InputAddress;
            fault.Access = context.AccessOf(in request);
            return false;
        }
        if (context.TlbTag == 0)
        {
            return true;
        }
        fault.Access = context.AccessOf(in request);
        if (TryTranslate(context, new Iova(context.CanonicalOf(request.Address.Value)), out physicalAddress, ref fault))
        {
            return true;
        }
        ApplyPolicy(context, ref fault);
        kernel.Step(TraceLayer.Smmu, "walk", name, request.Address, $"{fault.Type}, stage {(fault.IsStage2 ? 2 : 1)}, {fault.Access}");
        return false;
    }

    private bool TryConfigure(in DmaRequest request, out StreamContext context, ref TranslationFault fault)
    {
        ulong key = StreamContext.KeyOf(request.StreamId, request.SubstreamId);
        if (configurations.Find(key) is { } known)
        {
            context = known;
            return true;
        }
        context = configurations.Claim(key);
        context.IsValid = reader.Read(request.StreamId, request.SubstreamId, context, ref fault);
        if (fault.IsTranslationRelated)
        {
            // Stage 2 did not let the SMMU read the CD: that can stall like any other fault of stage 2.
            fault.Access = context.AccessOf(in request);
            ApplyPolicy(context, ref fault);
        }
        if (fault.Type == SmmuEventType.C_BAD_STREAMID)
        {
            fault.IsRecorded = RecordsBadStreamIds;
        }
        kernel.Step(
            TraceLayer.Smmu,
            "configure",
            name,
            request.Address,
            $"sid 0x{request.StreamId:x}: {(context.IsValid ? "STE and CD read" : fault.Type.ToString())}");
        return context.IsValid;
    }

    private bool TryTranslate(StreamContext context, Iova address, out ulong physicalAddress, ref TranslationFault fault)
    {
        ref TlbEntry entry = ref tlb.Find(context.TlbTag, address.Value);
        if (!Unsafe.IsNullRef(ref entry))
        {
            // What the TLB holds decides, also when the page table grants more by now: that takes an invalidation.
            Hits++;
            physicalAddress = entry.PhysicalAddressOf(address.Value);
            if ((entry.Rights & fault.Access) != 0)
            {
                return true;
            }
            fault.Type = SmmuEventType.F_PERMISSION;
            fault.Class = FaultClass.InputAddress;
            fault.IsStage2 = (entry.Stage1Rights & fault.Access) != 0;
            fault.Ipa = fault.IsStage2 ? entry.IpaOf(address.Value) : 0;
            return false;
        }
        Misses++;
        bool granted = walker.Walk(context, address.Value, fault.Access, out Translation translation, ref fault);
        physicalAddress = translation.PhysicalAddress;
        if (granted)
        {
            tlb.Fill(context.TlbTag, address.Value, in translation);
            kernel.Step(
                TraceLayer.Smmu, "walk", name, address, $"TLB miss: pa 0x{physicalAddress:x}, {1UL << translation.SizeLog2} bytes");
        }
        return granted;
    }

    private static void ApplyPolicy(StreamContext context, ref TranslationFault fault)
    {
        fault.Stalls = fault.IsStage2 ? context.Stage2Stalls : context.Stage1Stalls;
        fault.IsRecorded = fault.IsStage2 ? context.Stage2Records : context.Stage1Records;
        fault.Aborts = fault.IsStage2 || context.Stage1Aborts;
    }
}
