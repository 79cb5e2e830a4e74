using Iopf.ArmSmmuV3.Hardware;
using Iopf.Iommu;
using Iopf.Kernel;

namespace Iopf.ArmSmmuV3.Driver;

/// <summary>A guest's own stage 1 in front of a nested domain.</summary>
/// <remarks>
/// Assumed from the nested stage series the RFC builds on: <c>arm_smmu_attach_pasid_table</c>, <c>arm_smmu_detach_pasid_table</c>,
/// <c>arm_smmu_cache_invalidate</c>. Deviation: per device, where that series takes the whole domain.
/// </remarks>
internal static class GuestStage1
{
    /// <summary>Puts a guest's tables in front of the domain's, exchanges them, or takes them away.</summary>
    /// <param name="domain">The nested domain.</param>
    /// <param name="device">A device attached to it.</param>
    /// <param name="config">The guest's tables; <see langword="null"/> for none.</param>
    /// <returns>None; EINVAL for a device of another domain, a domain that is not nested, or an SMMU without both stages.</returns>
    internal static Errno Replace(ArmSmmuDomain domain, Device device, GuestStage1Config? config)
    {
        if (MasterOf(domain, device) is not { } master)
        {
            return Errno.EINVAL;
        }

        // A translating entry is never rewritten in place: the streams abort in between.
        master.Domain = null;
        ArmSmmuDomain.WriteEntries(master);
        master.GuestTables = config;
        domain.CountGuestTables();
        master.Domain = domain;
        ArmSmmuDomain.WriteEntries(master);
        master.Smmu.Commands.Insert(SmmuCommand.TlbiNhAll(domain.Stage2!.Vmid));
        master.Smmu.Commands.Sync();
        return Errno.None;
    }

    /// <summary>Forgets what a guest says has changed.</summary>
    /// <param name="domain">The nested domain.</param>
    /// <param name="device">A device attached to it, with guest tables.</param>
    /// <param name="invalidation">What has changed.</param>
    /// <returns>None; EINVAL for a device without guest tables in this domain.</returns>
    internal static Errno Invalidate(ArmSmmuDomain domain, Device device, in GuestInvalidation invalidation)
    {
        if (MasterOf(domain, device) is not { GuestTables: not null } master)
        {
            return Errno.EINVAL;
        }

        CommandQueueWriter commands = master.Smmu.Commands;
        ushort vmid = domain.Stage2!.Vmid;
        switch (invalidation.Scope)
        {
            case GuestInvalidationScope.Domain:
                commands.Insert(SmmuCommand.TlbiNhAll(vmid));
                break;
            case GuestInvalidationScope.AddressSpace:
                commands.Insert(SmmuCommand.TlbiNhAsid(invalidation.Asid, vmid));
                break;
            case GuestInvalidationScope.Pages:
                for (ulong i = 0; i < invalidation.PageCount; i++)
                {
                    ulong address = invalidation.First.Value + i * Page.Size;
                    commands.Insert(SmmuCommand.TlbiNhVa(invalidation.Asid, address, leaf: false, vmid));
                }

                break;
            case GuestInvalidationScope.ContextDescriptor:
                foreach (uint streamId in master.StreamIds)
                {
                    commands.Insert(SmmuCommand.CfgiCd(streamId, invalidation.Pasid));
                }

                break;
            default:
                return Errno.EINVAL;
        }

        commands.Sync();
        return Errno.None;
    }

    private static ArmSmmuMaster? MasterOf(ArmSmmuDomain domain, Device device) =>
        ArmSmmuMaster.Of(device) is { } master
        && ReferenceEquals(master.Domain, domain)
        && domain.Stage == TranslationStage.Nested
        && master.Smmu.Features is { Stage1: true, Stage2: true }
            ? master
            : null;
}
