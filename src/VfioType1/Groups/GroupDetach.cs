using Iopf.Iommu;
using Iopf.Kernel;

namespace Iopf.VfioType1;

/// <summary>Lets an IOMMU group out of a container; with the last one go the mappings.</summary>
/// <remarks>Kernel: <c>vfio_iommu_type1_detach_group</c>, <c>vfio_iommu_type1_release</c>.</remarks>
internal class GroupDetach(
    HostKernel kernel,
    IEnumerable<IGroupAttachStep> steps,
    RemoveMapping removal,
    DirtyLog dirty,
    IDmaMapPolicy policy,
    IInvalidationGuard invalidations,
    IPinScopeRecorder scopes)
{
    protected const string Function = "vfio_iommu_type1_detach_group";
    private const string ReleaseFunction = "vfio_iommu_type1_release";

    private readonly IGroupAttachStep[] _steps = [.. steps];

    protected HostKernel Kernel { get; } = kernel;

    public void Execute(Type1Container container, IommuGroup iommuGroup)
    {
        StopAndLeave(container, iommuGroup);
        Kernel.Step(TraceLayer.Type1, Function, string.Empty, null, $"{iommuGroup} from {container}");
    }

    /// <summary>Lets go of what a container still has when it is released.</summary>
    public void Release(Type1Container container)
    {
        // Posted: only the domains go; the look-up of groups that were not detached stays, and leads to freed memory (E08).
        while (container.Domains.Count > 0 && !Kernel.IsPosted(Erratum.E08))
        {
            Execute(container, container.Domains[0].Groups[0].IommuGroup);
        }

        using (container.Lock.Hold(ReleaseFunction))
        {
            removal.ExecuteAll(container);
            foreach (Type1Domain domain in container.Domains)
            {
                foreach (Type1Group group in domain.Groups)
                {
                    group.Translated.Detach(domain.Domain);
                }

                domain.Domain.Free();
            }

            container.Domains.Clear();
            container.ExternalGroups = null;
        }

        foreach (IGroupAttachStep step in _steps)
        {
            step.Released(container);
        }

        container.IsReleased = true;
    }

    /// <summary>Takes a group out, after its faults were stopped.</summary>
    public virtual void Leave(Type1Container container, IommuGroup iommuGroup)
    {
        using (container.Lock.Hold(Function))
        {
            Take(container, iommuGroup);
        }
    }

    /// <summary>Stops the faults of a group, without the lock that their handler waits for (E43), then takes it out.</summary>
    protected virtual void StopAndLeave(Type1Container container, IommuGroup iommuGroup)
    {
        NotifyDetaching(container, iommuGroup);
        Leave(container, iommuGroup);
    }

    protected void NotifyDetaching(Type1Container container, IommuGroup iommuGroup)
    {
        if (container.FindGroup(iommuGroup) is { Group: { } group })
        {
            for (int i = _steps.Length; i-- > 0;)
            {
                _steps[i].Detaching(container, group);
            }
        }
    }

    protected void Take(Type1Container container, IommuGroup iommuGroup)
    {
        scopes.Left(container, iommuGroup);
        if (container.ExternalGroups?.Find(external => external.IommuGroup == iommuGroup) is { } external)
        {
            LeaveExternal(container, external);
        }
        else if (container.FindGroup(iommuGroup) is { } found)
        {
            LeaveDomain(container, found.Domain, found.Group);
        }
    }

    private void LeaveExternal(Type1Container container, Type1Group external)
    {
        container.ExternalGroups!.Remove(external);
        if (container.ExternalGroups.Count > 0)
        {
            return;
        }

        container.ExternalGroups = null;
        if (container.Domains.Count == 0)
        {
            RemoveMappings(container);
        }
    }

    private void RemoveMappings(Type1Container container)
    {
        if (container.UnmapNotifiers.Count > 0)
        {
            Kernel.Warn(Function, "notifier still registered");
        }

        removal.ExecuteAll(container);
    }

    private void LeaveDomain(Type1Container container, Type1Domain domain, Type1Group group)
    {
        group.Translated.Detach(domain.Domain);
        domain.Groups.Remove(group);
        if (domain.Groups.Count == 0)
        {
            if (container.Domains.Count == 1)
            {
                WithdrawMappings(container);
            }

            using (invalidations.Enter(container))
            {
                container.Domains.Remove(domain);
            }

            domain.Domain.Free();
            PageSizes.Update(container);
        }

        RebuildRanges(container);
        if (!group.HasPinnedDirtyScope)
        {
            container.NonPinnedGroups--;
            dirty.MarkEverything(container);
        }
    }

    /// <summary>With the last domain the mappings go, or stay without translations while mediated groups remain.</summary>
    private void WithdrawMappings(Type1Container container)
    {
        if (container.ExternalGroups is null)
        {
            RemoveMappings(container);
            return;
        }

        foreach (DmaMapping mapping in container.Mappings)
        {
            // Pages that vendor drivers hold stay accounted, once (E51).
            policy.Withdraw(container, mapping, isRemoval: false);
        }
    }

    /// <summary>What the domains that are left can translate, minus what is reserved for their devices.</summary>
    /// <remarks>Kernel: <c>vfio_iommu_aper_expand</c>, <c>vfio_iommu_resv_refresh</c>.</remarks>
    private static void RebuildRanges(Type1Container container)
    {
        List<IovaRange> valid = [IovaRange.All];
        foreach (Type1Domain domain in container.Domains)
        {
            IReadOnlyList<ReservedRegion> reserved =
                [.. domain.Groups.SelectMany(group => group.Translated.Devices).SelectMany(device => device.Bus.Iommu!.ReservedRegionsOf(device)).Distinct()];
            valid = IovaRanges.Narrow(valid, domain.Domain.Aperture, reserved);
        }

        container.ValidIova.Clear();
        container.ValidIova.AddRange(valid);
    }
}
