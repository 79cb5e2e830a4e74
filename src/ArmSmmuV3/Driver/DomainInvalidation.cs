using Iopf.ArmSmmuV3.Hardware;

namespace Iopf.ArmSmmuV3.Driver;

/// <summary>The commands that make an SMMU forget translations.</summary>
/// <remarks>
/// Kernel: <c>arm_smmu_tlb_inv_context</c>, <c>arm_smmu_tlb_inv_range_domain</c>. The modelled SMMU has no range commands (IDR3.RIL = 0):
/// a range takes one command per entry and one CMD_SYNC.
/// </remarks>
internal static class DomainInvalidation
{
    /// <summary>Forgets everything tagged with a domain's ASID or VMID.</summary>
    /// <param name="domain">A domain that was attached once.</param>
    internal static void Everything(ArmSmmuDomain domain)
    {
        ArmSmmuDevice smmu = domain.Smmu!;
        if (domain.Stage1 is { } stage1)
        {
            AddressSpace(smmu, stage1.Asid);
        }
        else
        {
            smmu.Commands.Insert(SmmuCommand.TlbiS12VmAll(domain.Stage2!.Vmid));
            smmu.Commands.Sync();
        }
    }

    /// <summary>Forgets everything tagged with an ASID of the host.</summary>
    /// <param name="smmu">The SMMU.</param>
    /// <param name="asid">The ASID.</param>
    /// <remarks>Kernel: <c>arm_smmu_tlb_inv_asid</c>.</remarks>
    internal static void AddressSpace(ArmSmmuDevice smmu, ushort asid)
    {
        smmu.Commands.Insert(SmmuCommand.TlbiNhAsid(asid));
        smmu.Commands.Sync();
    }

    /// <summary>Forgets a range of a domain's addresses.</summary>
    /// <param name="domain">A domain that was attached once.</param>
    /// <param name="first">The first byte.</param>
    /// <param name="last">The last byte (inclusive).</param>
    /// <param name="granule">The size of the entries that lie there, in bytes.</param>
    /// <param name="leaf">Whether only leaves changed, so that cached walks may stay.</param>
    internal static void Range(ArmSmmuDomain domain, ulong first, ulong last, ulong granule, bool leaf)
    {
        ArmSmmuDevice smmu = domain.Smmu!;
        if (domain.Stage1 is { } stage1)
        {
            Range(smmu, stage1.Asid, first, last, granule, leaf);
            return;
        }

        ushort vmid = domain.Stage2!.Vmid;
        ulong ipa = first;
        for (ulong left = Count(first, last, granule); left > 0; left--)
        {
            smmu.Commands.Insert(SmmuCommand.TlbiS2Ipa(vmid, ipa, leaf));
            ipa = unchecked(ipa + granule);
        }

        // What a guest's stage 1 made of these addresses is cached under the guest's own addresses, which nobody here knows.
        if (domain.HasGuestTables)
        {
            smmu.Commands.Insert(SmmuCommand.TlbiNhAll(vmid));
        }

        smmu.Commands.Sync();
    }

    /// <summary>Forgets a range of the addresses tagged with an ASID of the host.</summary>
    /// <param name="smmu">The SMMU.</param>
    /// <param name="asid">The ASID.</param>
    /// <param name="first">The first byte.</param>
    /// <param name="last">The last byte (inclusive).</param>
    /// <param name="granule">The size of the entries that lie there, in bytes.</param>
    /// <param name="leaf">Whether only leaves changed, so that cached walks may stay.</param>
    /// <remarks>Kernel: <c>arm_smmu_tlb_inv_range_asid</c>.</remarks>
    internal static void Range(ArmSmmuDevice smmu, ushort asid, ulong first, ulong last, ulong granule, bool leaf)
    {
        ulong address = first;
        for (ulong left = Count(first, last, granule); left > 0; left--)
        {
            smmu.Commands.Insert(SmmuCommand.TlbiNhVa(asid, address, leaf));
            address = unchecked(address + granule);
        }

        smmu.Commands.Sync();
    }

    private static ulong Count(ulong first, ulong last, ulong granule) => (last - first) / granule + 1;
}
