using Iopf.Iommu;
using Iopf.Kernel;
using Iopf.Mm;
using Microsoft.Extensions.Options;

namespace Iopf.VfioType1;

/// <summary>Takes an IOMMU group into a container: into a domain that is there, or a new one with everything mapped so far.</summary>
/// <remarks>Kernel: <c>vfio_iommu_type1_attach_group</c>.</remarks>
internal sealed class GroupAttach(
    HostKernel kernel,
    PhysicalMemory memory,
    IMappingReplay replay,
    IInvalidationGuard invalidations,
    IEnumerable<IGroupAttachStep> steps,
    GroupDetach detach,
    IOptions<Type1Options> options)
{
    private readonly IGroupAttachStep[] _steps = [.. steps];

    public Errno Execute(Type1Container container, IommuGroup iommuGroup, Process? caller)
    {
        Errno error;
        Type1Group? group;
        using (container.Lock.Hold())
        {
            error = Attach(container, iommuGroup, caller, out group);
        }

        for (int i = 0; error == Errno.None && !group!.IsMediated && i < _steps.Length; i++)
        {
            error = _steps[i].Attached(container, group);
            if (error != Errno.None)
            {
                while (i-- > 0)
                {
                    _steps[i].Detaching(container, group);
                }

                detach.Leave(container, iommuGroup);
            }
        }

        kernel.Step(TraceLayer.Type1, "vfio_iommu_type1_attach_group", string.Empty, null, $"{iommuGroup} to {container}: {error.ToCName()}");
        return error;
    }

    private Errno Attach(Type1Container container, IommuGroup iommuGroup, Process? caller, out Type1Group? group)
    {
        group = null;
        if (container.FindGroup(iommuGroup) is not null || container.ExternalGroups?.Exists(external => external.IommuGroup == iommuGroup) == true)
        {
            return Errno.EINVAL;
        }

        if (iommuGroup.Devices.Count == 0 || iommuGroup.Devices.Any(device => device.Bus != iommuGroup.Devices[0].Bus))
        {
            return Errno.EINVAL;
        }

        group = new Type1Group(iommuGroup, isMediated: iommuGroup.Devices.All(device => device.Iommu is null));
        if (group.IsMediated)
        {
            // Such devices write only to pages that their vendor driver pinned.
            group.HasPinnedDirtyScope = true;
            container.ExternalGroups ??= [];
            container.ExternalGroups.Insert(0, group);
            return Errno.None;
        }

        IIommuDriver? driver = iommuGroup.Devices[0].Bus.Iommu;
        if (driver is null || !driver.AllocateDomain(DomainType.Unmanaged).TryGet(out IommuDomain? domain, out _))
        {
            return Errno.EIO;
        }

        Errno error = Join(container, group, driver, domain, caller);
        if (error != Errno.None)
        {
            domain.Free();
        }

        return error;
    }

    private Errno Join(Type1Container container, Type1Group group, IIommuDriver driver, IommuDomain domain, Process? caller)
    {
        Errno error = container.IsNesting ? domain.EnableNesting() : Errno.None;
        if (error != Errno.None)
        {
            return error;
        }

        IommuGroup iommuGroup = group.IommuGroup;
        error = iommuGroup.Attach(domain);
        if (error != Errno.None)
        {
            return error;
        }

        error = Fit(container, iommuGroup, driver, domain, out List<IovaRange> valid);
        if (error == Errno.None)
        {
            IommuProt prot = driver.IsCapable(IommuCapability.CacheCoherency) ? IommuProt.Cache : IommuProt.None;
            error = Place(container, group, driver, domain, prot, caller);
        }

        if (error != Errno.None)
        {
            if (ReferenceEquals(iommuGroup.Domain, domain))
            {
                iommuGroup.Detach(domain);
            }

            return error;
        }

        container.ValidIova.Clear();
        container.ValidIova.AddRange(valid);
        container.NonPinnedGroups++;
        return Errno.None;
    }

    /// <summary>Whether the new domain agrees with what is mapped, and what may be mapped from now on.</summary>
    private Errno Fit(Type1Container container, IommuGroup iommuGroup, IIommuDriver driver, IommuDomain domain, out List<IovaRange> valid)
    {
        valid = [];
        if (IovaRanges.ConflictsWithAperture(container, domain.Aperture))
        {
            return Errno.EINVAL;
        }

        IReadOnlyList<ReservedRegion> reserved = [.. iommuGroup.Devices.SelectMany(driver.ReservedRegionsOf).Distinct()];
        if (IovaRanges.ConflictsWithReserved(container, reserved))
        {
            return Errno.EINVAL;
        }

        valid = IovaRanges.Narrow(container.ValidIova, domain.Aperture, reserved);
        if (valid.Count == 0)
        {
            return Errno.EINVAL;
        }

        bool isSafe = options.Value.HasIsolatedInterrupts || driver.IsCapable(IommuCapability.InterruptRemapping);
        return isSafe || options.Value.AllowUnsafeInterrupts ? Errno.None : Errno.EPERM;
    }

    /// <summary>Shares an existing domain if the hardware allows it, and fills a new one otherwise.</summary>
    private Errno Place(Type1Container container, Type1Group group, IIommuDriver driver, IommuDomain domain, IommuProt prot, Process? caller)
    {
        IommuGroup iommuGroup = group.IommuGroup;
        foreach (Type1Domain existing in container.Domains)
        {
            if (existing.Prot != prot || existing.Groups[0].IommuGroup.Devices[0].Bus.Iommu != driver)
            {
                continue;
            }

            iommuGroup.Detach(domain);
            if (iommuGroup.Attach(existing.Domain) == Errno.None)
            {
                existing.Groups.Insert(0, group);
                domain.Free();
                return Errno.None;
            }

            Errno error = iommuGroup.Attach(domain);
            if (error != Errno.None)
            {
                return error;
            }
        }

        Type1Domain added = new(domain, prot) { UsesFineGranules = ProbeFineGranules(domain, prot) };
        Errno replayed = replay.Replay(container, added, caller);
        if (replayed != Errno.None)
        {
            return replayed;
        }

        added.Groups.Add(group);
        using (invalidations.Enter(container))
        {
            container.Domains.Insert(0, added);
        }

        PageSizes.Update(container);
        return Errno.None;
    }

    /// <summary>Maps two contiguous pages and takes one back: a domain that gives both back made a superpage of them.</summary>
    /// <remarks>Kernel: <c>vfio_test_domain_fgsp</c>.</remarks>
    private bool ProbeFineGranules(IommuDomain domain, IommuProt prot)
    {
        if (!memory.AllocateContiguous(FrameUse.Kernel, 2).TryGet(out Pfn pages, out _))
        {
            return false;
        }

        bool usesFineGranules = false;
        (long mapped, long unmapped) = (kernel.Tally.PagesMapped, kernel.Tally.PagesUnmapped);
        if (domain.Map(new Iova(0), pages.Address, 2 * Page.Size, IommuProt.Read | IommuProt.Write | prot) == Errno.None)
        {
            usesFineGranules = domain.Unmap(new Iova(0), Page.Size) != Page.Size;
            if (!usesFineGranules)
            {
                domain.Unmap(new Iova(Page.Size), Page.Size);
            }
        }

        // Two pages that come and go before anybody can use them are not counted.
        (kernel.Tally.PagesMapped, kernel.Tally.PagesUnmapped) = (mapped, unmapped);
        memory.Put(pages);
        memory.Put(pages.Plus(1));
        return usesFineGranules;
    }
}
