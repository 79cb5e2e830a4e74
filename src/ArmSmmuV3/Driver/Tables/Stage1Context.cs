using Iopf.ArmSmmuV3.Hardware;
using Iopf.Kernel;
using Iopf.Mm;

namespace Iopf.ArmSmmuV3.Driver;

/// <summary>The stage-1 half of a domain: its context descriptors, of which number 0 is the domain's own page table.</summary>
/// <remarks>Kernel: <c>struct arm_smmu_s1_cfg</c>, <c>arm_smmu_write_ctx_desc</c>.</remarks>
internal sealed class Stage1Context(PhysicalMemory memory, ArmSmmuDomain domain, ContextTable table, ushort asid)
{
    private const ulong WalkWriteBackInner = 1UL << 8 | 1UL << 10 | 3UL << 12;

    /// <summary>The descriptors' memory.</summary>
    internal ContextTable Table { get; } = table;

    /// <summary>The ASID of descriptor 0.</summary>
    internal ushort Asid { get; } = asid;

    /// <summary>What every descriptor of a domain has in common: 48-bit tables, walked coherently, whose faults are recorded.</summary>
    /// <param name="asid">The ASID its translations are tagged with.</param>
    /// <param name="tableRoot">The physical address of its first table.</param>
    /// <param name="mair">The memory attributes its entries choose from.</param>
    /// <param name="isProcess">Whether the tables are a process's: then the ASID is shared with the CPUs.</param>
    /// <returns>The descriptor; a fault stalls exactly if the domain stalls.</returns>
    internal ContextDescriptor Describe(ushort asid, ulong tableRoot, ulong mair, bool isProcess) => new()
    {
        Word0 = WalkWriteBackInner,
        T0SZ = 64 - ArmSmmuDomain.VirtualAddressBits,
        EPD1 = true,
        IPS = AddressSizeCode.Of(domain.Smmu!.Features.OutputAddressBits),
        AA64 = true,
        S = domain.StallEnabled,
        R = true,
        A = true,
        ASET = !isProcess,
        ASID = asid,
        IsValid = true,
        TTB0 = tableRoot,
        MAIR = mair,
    };

    /// <summary>Writes a descriptor, or exchanges the ASID of one that is already in use.</summary>
    /// <param name="ssid">Which substream's.</param>
    /// <param name="descriptor">What it says.</param>
    /// <returns>None; E2BIG for a substream beyond the table; ENOMEM.</returns>
    internal Errno Write(uint ssid, in ContextDescriptor descriptor)
    {
        if (!Locate(ssid).TryGet(out ulong address, out Errno error))
        {
            return error;
        }

        ContextDescriptor present = ContextDescriptor.Read(memory, address);
        if (present.IsValid)
        {
            // Until the old translations are invalidated too, the substream's traffic may be tagged with either ASID.
            memory.WriteWord(address, (present with { ASID = descriptor.ASID }).Word0);
        }
        else
        {
            memory.WriteWord(address + 8, descriptor.Word1);
            memory.WriteWord(address + 16, descriptor.Word2);
            memory.WriteWord(address + 24, descriptor.Word3);

            // The stream table entry may be live: the SMMU has to see these words before the one with V set.
            Forget(ssid, leaf: true);
            memory.WriteWord(address, descriptor.Word0);
        }

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

    /// <summary>Switches a descriptor's walks off while its substream may still be in use: every access faults.</summary>
    /// <param name="ssid">Which substream's; its descriptor was written before.</param>
    /// <remarks>Kernel: <c>quiet_cd</c>. S and R stay as they are.</remarks>
    internal void Quieten(uint ssid)
    {
        ulong address = Table.EntryAddress(ssid);
        memory.WriteWord(address, (ContextDescriptor.Read(memory, address) with { EPD0 = true }).Word0);
        Forget(ssid, leaf: true);
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
                foreach (uint streamId in master.StreamIds)
                {
                    smmu.Commands.Insert(SmmuCommand.CfgiCd(streamId, ssid, leaf));
                }
            }
        }

        smmu.Commands.Sync();
    }
}
