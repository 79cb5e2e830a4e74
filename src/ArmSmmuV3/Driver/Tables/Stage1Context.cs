using Iopf.ArmSmmuV3.Hardware;
using Iopf.Kernel;
using Iopf.Mm;

namespace Iopf.ArmSmmuV3.Driver;

/// <summary>The stage-1 half of a domain: its context descriptors, of which number 0 is the domain's own page table.</summary>
/// <remarks>Kernel: <c>struct arm_smmu_s1_cfg</c>, <c>arm_smmu_write_ctx_desc</c>. Specification: context descriptor.</remarks>
internal sealed class Stage1Context(PhysicalMemory memory, ArmSmmuDomain domain, ContextTable table, ContextDescription own)
{
    private const ulong Epd0 = 1UL << 14;
    private const ulong Valid = 1UL << 31;
    private const ulong Aa64 = 1UL << 41;
    private const ulong StallFault = 1UL << 44;
    private const ulong RecordFault = 1UL << 45;
    private const ulong AbortFault = 1UL << 46;
    private const ulong AsidSet = 1UL << 47;
    private const int AsidShift = 48;
    private const ulong AsidMask = 0xffffUL << AsidShift;

    /// <summary>The descriptors' memory.</summary>
    internal ContextTable Table { get; } = table;

    /// <summary>The domain's own page table, in descriptor 0.</summary>
    internal ContextDescription Own { get; } = own;

    /// <summary>Writes a descriptor, or exchanges the ASID of one that is already in use.</summary>
    /// <param name="ssid">Which substream's.</param>
    /// <param name="context">What it says.</param>
    /// <returns>None; E2BIG for a substream beyond the table; ENOMEM.</returns>
    internal Errno Write(uint ssid, in ContextDescription context)
    {
        if (!Locate(ssid).TryGet(out ulong entry, out Errno error))
        {
            return error;
        }

        ulong word0 = memory.ReadWord(entry);
        if ((word0 & Valid) != 0)
        {
            // Until the old translations are invalidated too, the substream's traffic may be tagged with either ASID.
            word0 = (word0 & ~AsidMask) | (ulong)context.Asid << AsidShift;
        }
        else
        {
            memory.WriteWord(entry + 8, context.TableRoot);
            memory.WriteWord(entry + 16, 0);
            memory.WriteWord(entry + 24, context.Mair);

            // The stream table entry is live: the SMMU has to see these words before the one with V set.
            Forget(ssid, leaf: true);
            word0 = Word0Of(context);
        }

        memory.WriteWord(entry, word0);
        Forget(ssid, leaf: true);
        return Errno.None;
    }

    /// <summary>Invalidates a descriptor: the substream's traffic becomes a configuration error.</summary>
    /// <param name="ssid">Which substream's; its descriptor was written before.</param>
    internal void Clear(uint ssid)
    {
        memory.WriteWord(Table.EntryAddress(ssid), 0);
        Forget(ssid, leaf: true);
    }

    /// <summary>Disables a descriptor's walks, so that its traffic faults quietly until the address space is unbound.</summary>
    /// <param name="ssid">Which substream's; its descriptor was written before.</param>
    /// <remarks>Kernel: <c>quiet_cd</c>. S and R stay as they are.</remarks>
    internal void Quieten(uint ssid)
    {
        ulong entry = Table.EntryAddress(ssid);
        memory.WriteWord(entry, memory.ReadWord(entry) | Epd0);
        Forget(ssid, leaf: true);
    }

    private ulong Word0Of(in ContextDescription context)
    {
        ulong word0 = context.Tcr | RecordFault | AbortFault | Aa64 | (ulong)context.Asid << AsidShift | Valid;
        if (!context.IsProcess)
        {
            word0 |= AsidSet;
        }

        return domain.StallEnabled ? word0 | StallFault : word0;
    }

    /// <remarks>Kernel: <c>arm_smmu_get_cd_ptr</c>.</remarks>
    private Result<ulong> Locate(uint ssid)
    {
        if (ssid >= 1UL << Table.SsidBits)
        {
            return Errno.E2BIG;
        }

        if (!Table.HasEntry(ssid))
        {
            Errno error = Table.AddLeaf(ssid);
            if (error != Errno.None)
            {
                return error;
            }

            // An invalid first-level descriptor may have been cached.
            Forget(ssid, leaf: false);
        }

        return Table.EntryAddress(ssid);
    }

    /// <remarks>Kernel: <c>arm_smmu_sync_cd</c>.</remarks>
    private void Forget(uint ssid, bool leaf)
    {
        ArmSmmuDevice smmu = domain.Smmu!;
        using (domain.DevicesLock.Hold())
        {
            foreach (ArmSmmuMaster master in domain.Masters)
            {
                foreach (uint streamId in master.StreamIdSpan)
                {
                    smmu.Commands.Insert(SmmuCommand.CfgiCd(streamId, ssid, leaf));
                }
            }
        }

        smmu.Commands.Sync();
    }
}
