using Iopf.Kernel;

namespace Iopf.ArmSmmuV3.Hardware;

/// <summary>Consumes the command queue and does what the commands say.</summary>
/// <remarks>
/// Arm IHI 0070, sections 4 and 7.1. A command takes effect before the next one is read, so CMD_SYNC has nothing to wait for: its
/// completion is the consumer index behind it.
/// </remarks>
/// <param name="kernel">Trace.</param>
/// <param name="options">What the SMMU supports.</param>
/// <param name="queue">The command queue.</param>
/// <param name="configurations">What CFGI commands invalidate.</param>
/// <param name="tlb">What TLBI commands invalidate.</param>
/// <param name="transactions">What stall commands end.</param>
/// <param name="name">The SMMU's name in the trace.</param>
internal sealed class CommandExecutor(
    HostKernel kernel,
    SmmuHardwareOptions options,
    CommandQueue queue,
    ConfigurationCache configurations,
    Tlb tlb,
    TransactionControl transactions,
    string name)
{
    /// <summary>How many TLBI commands were executed.</summary>
    public long TlbInvalidations { get; private set; }

    /// <summary>Consumes commands until the queue is empty, disabled or stopped.</summary>
    /// <returns>Whether an illegal command stopped it just now.</returns>
    public bool Run()
    {
        while (queue.TryPeek(out SmmuCommand command))
        {
            if (!IsLegal(in command))
            {
                queue.StopAtIllegalCommand();
                kernel.Step(TraceLayer.Smmu, "command", name, null, $"illegal: 0x{command.Word0:x16} 0x{command.Word1:x16}");
                return true;
            }

            // Consumed before it takes effect: a bus master that hears of its transaction may make the driver issue more.
            queue.Advance();
            TracePoint point = new(TracePointKind.Command) { StreamId = command.StreamId };
            kernel.Step(TraceLayer.Smmu, "command", name, null, in point, $"{command}");
            Execute(in command);
        }
        return false;
    }

    /// <summary>Whether this SMMU knows the command: no hypervisor or secure streams, no ATS, no PRI.</summary>
    private bool IsLegal(in SmmuCommand command) => command.Opcode switch
    {
        SmmuOpcode.PREFETCH_CONFIG or SmmuOpcode.PREFETCH_ADDR => !command.IsSecure,
        SmmuOpcode.CFGI_STE or SmmuOpcode.CFGI_STE_RANGE or SmmuOpcode.CFGI_CD or SmmuOpcode.CFGI_CD_ALL => !command.IsSecure,
        SmmuOpcode.TLBI_NH_ALL or SmmuOpcode.TLBI_NH_ASID or SmmuOpcode.TLBI_NH_VA or SmmuOpcode.TLBI_NH_VAA => true,
        SmmuOpcode.TLBI_S12_VMALL or SmmuOpcode.TLBI_S2_IPA or SmmuOpcode.TLBI_NSNH_ALL => true,
        SmmuOpcode.RESUME or SmmuOpcode.STALL_TERM => options.StallModel != StallModel.TerminateOnly && !command.IsSecure,
        SmmuOpcode.SYNC => command.Signal != SyncSignal.Reserved,
        _ => false,
    };

    private static bool IsTlbInvalidation(SmmuOpcode opcode) => opcode is >= SmmuOpcode.TLBI_NH_ALL and <= SmmuOpcode.TLBI_NSNH_ALL;

    private void Execute(in SmmuCommand command)
    {
        if (IsTlbInvalidation(command.Opcode))
        {
            TlbInvalidations++;
            InvalidateTlb(in command);
            return;
        }
        switch (command.Opcode)
        {
            case SmmuOpcode.CFGI_STE or SmmuOpcode.CFGI_CD_ALL:
                configurations.Invalidate(command.StreamId, uint.MaxValue);
                break;
            case SmmuOpcode.CFGI_STE_RANGE:
                configurations.Invalidate(command.StreamId, (uint)(ulong.MaxValue << (command.Range + 1)));
                break;
            case SmmuOpcode.CFGI_CD:
                configurations.InvalidateContext(command.StreamId, command.SubstreamId);
                break;
            case SmmuOpcode.RESUME:
                transactions.Resume(in command);
                break;
            case SmmuOpcode.STALL_TERM:
                transactions.TerminateStalls(command.StreamId);
                break;
            default:
                break;
        }
    }

    private void InvalidateTlb(in SmmuCommand command)
    {
        switch (command.Opcode)
        {
            case SmmuOpcode.TLBI_NH_ALL:
                tlb.InvalidateVmid(command.Vmid, withStage2Only: false);
                break;
            case SmmuOpcode.TLBI_NH_ASID:
                tlb.InvalidateAsid(command.Vmid, command.Asid);
                break;
            case SmmuOpcode.TLBI_NH_VA:
                tlb.InvalidateAddress(command.Vmid, command.Asid, command.Address);
                break;
            case SmmuOpcode.TLBI_NH_VAA:
                tlb.InvalidateAddress(command.Vmid, command.Address);
                break;
            case SmmuOpcode.TLBI_S12_VMALL:
                tlb.InvalidateVmid(command.Vmid, withStage2Only: true);
                break;
            case SmmuOpcode.TLBI_S2_IPA:
                tlb.InvalidateIpa(command.Vmid, command.Address);
                break;
            default:
                tlb.InvalidateAll();
                break;
        }
    }
}
