using Iopf.Iommu;
using Iopf.Kernel;
using Iopf.Mm;
using Microsoft.Extensions.Options;

namespace Iopf.VfioType1;

/// <summary>Takes an IOMMU group into a container: into a domain that is there, or a new one with everything mapped so far.</summary>
/// <remarks>Kernel: <c>vfio_iommu_type1_attach_group</c>.</remarks>
internal class GroupAttach(
    HostKernel kernel,
    PhysicalMemory memory,
    IMappingReplay replay,
    IEnumerable<IGroupAttachStep> steps,
    GroupDetach detach,
    IOptions<Type1Options> options)
{
    protected const string Function = "vfio_iommu_type1_attach_group";

    private readonly bool _hasIsolatedInterrupts = options.Value.HasIsolatedInterrupts;
    private readonly bool _allowsUnsafeInterrupts = options.Value.AllowUnsafeInterrupts;
    private readonly IGroupAttachStep[] _steps = [.. steps];

    protected HostKernel Kernel { get; } = kernel;

    public Errno Execute(Type1Container container, IommuGroup iommuGroup, Process? caller)
    {
        Errno error = AttachAndStart(container, iommuGroup, caller);
        Kernel.Step(TraceLayer.Type1, Function, string.Empty, null, $"{iommuGroup} to {container}: {error.ToCName()}");
        return error;
    }

    /// <summary>Attaches a group, then starts its faults, without the lock (E43) and in its final domain (E42, E76).</summary>
    protected virtual Errno AttachAndStart(Type1Container container, IommuGroup iommuGroup, Process? caller)
    {
        Errno error;
        Type1Group? group;
        using (container.Lock.Hold(Function))
        {
            error = Attach(container, iommuGroup, caller, out group);
        }

        return error == Errno.None ? StartFaults(container, group!) : error;
    }

    /// <summary>Lets the steps know of a group that has its final domain; the first that refuses undoes the attachment.</summary>
    protected Errno StartFaults(Type1Container container, Type1Group group)
    {
        Errno error = NotifyAttached(container, group);
        if (error != Errno.None)
        {
            detach.Leave(container, group.IommuGroup);
        }

        return error;
    }

    protected Errno NotifyAttached(Type1Container container, Type1Group group)
    {
        Errno error = Errno.None;
        for (int i = 0; error == Errno.None && !group.IsMediated && i < _steps.Length; i++)
        {
            error = _steps[i].Attached(container, group);
            while (error != Errno.None && i-- > 0)
            {
                _steps[i].Detaching(container, group);
            }
        }

        return error;
    }

    protected void NotifyDetaching(Type1Container container, Type1Group group)
    {
        for (int i = _steps.Length; i-- > 0;)
        {
            _steps[i].Detaching(container, group);
        }
    }

    protected Errno Attach(Type1Container container, IommuGroup iommuGroup, Process? caller, out Type1Group? group)
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

        if (!Kernel.Allocates(Function))
        {
            return Errno.ENOMEM;
        }

        group = new Type1Group(iommuGroup, isMediated: iommuGroup.Devices.All(device => device.Iommu is null && device.BackingDevice is null));
        if (group.IsMediated)
        {
            // Such devices write only to pages that their vendor driver pinned.
            group.HasPinnedDirtyScope = true;
            container.ExternalGroups ??= [];
            container.ExternalGroups.Insert(0, group);
            return Errno.None;
        }

        IIommuDriver? driver = group.Translated.Devices[0].Bus.Iommu;
        if (!Kernel.Allocates(Function))
        {
            return Errno.ENOMEM;
        }

        if (driver is null || !driver.AllocateDomain(DomainType.Unmanaged).TryGet(out IommuDomain? domain, out _))
        {
            return Errno.EIO;
        }

        return AttachToDomain(container, group, driver, domain, caller);
    }

    /// <summary>Takes a group into the new domain, and from there to its final one; frees the new one if it cannot stay.</summary>
    protected virtual Errno AttachToDomain(Type1Container container, Type1Group group, IIommuDriver driver, IommuDomain domain, Process? caller)
    {
        Errno error = AttachFirst(container, group, domain);
        if (error == Errno.None)
        {
            error = MoveToFinalDomain(container, group, driver, domain, caller);
            if (error != Errno.None)
            {
                DetachFirst(group, domain);
            }
        }

        if (error != Errno.None)
        {
            domain.Free();
        }

        return error;
    }

    /// <summary>Attaches a group to the new domain.</summary>
    protected static Errno AttachFirst(Type1Container container, Type1Group group, IommuDomain domain)
    {
        Errno error = container.IsNesting ? domain.EnableNesting() : Errno.None;
        return error == Errno.None ? group.Translated.Attach(domain) : error;
    }

    protected static void DetachFirst(Type1Group group, IommuDomain domain)
    {
        if (ReferenceEquals(group.Translated.Domain, domain))
        {
            group.Translated.Detach(domain);
        }
    }

    /// <summary>Finds the final domain of a group that is in the new one: that, or one that the container has.</summary>
    protected Errno MoveToFinalDomain(Type1Container container, Type1Group group, IIommuDriver driver, IommuDomain domain, Process? caller)
    {
        Errno error = CheckConstraints(container, group.Translated, driver, domain, out List<IovaRange> valid);
        if (error == Errno.None)
        {
            IommuProt prot = driver.IsCapable(IommuCapability.CacheCoherency) ? IommuProt.Cache : IommuProt.None;
            error = ReuseOrAddDomain(container, group, driver, domain, prot, caller);
        }

        if (error != Errno.None)
        {
            return error;
        }

        container.ValidIova.Clear();
        container.ValidIova.AddRange(valid);
        container.NonPinnedGroups++;
        return Errno.None;
    }

    /// <summary>Whether the new domain agrees with what is mapped, and what may be mapped from now on.</summary>
    private Errno CheckConstraints(Type1Container container, IommuGroup iommuGroup, IIommuDriver driver, IommuDomain domain, out List<IovaRange> valid)
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

        bool isSafe = _hasIsolatedInterrupts || driver.IsCapable(IommuCapability.InterruptRemapping);
        return isSafe || _allowsUnsafeInterrupts ? Errno.None : Errno.EPERM;
    }

    /// <summary>Shares an existing domain if the hardware allows it, and fills a new one otherwise.</summary>
    private Errno ReuseOrAddDomain(Type1Container container, Type1Group group, IIommuDriver driver, IommuDomain domain, IommuProt prot, Process? caller)
    {
        IommuGroup iommuGroup = group.Translated;
        foreach (Type1Domain existing in container.Domains)
        {
            if (existing.Prot != prot || existing.Groups[0].Translated.Devices[0].Bus.Iommu != driver)
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
        added.Groups.Add(group);
        Errno replayed = replay.Replay(container, added, caller);
        if (replayed != Errno.None)
        {
            return replayed;
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
        (long mapped, long unmapped) = (Kernel.Tally.PagesMapped, Kernel.Tally.PagesUnmapped);
        if (domain.Map(new Iova(0), pages.Address, 2 * Page.Size, IommuProt.Read | IommuProt.Write | prot) == Errno.None)
        {
            usesFineGranules = domain.Unmap(new Iova(0), Page.Size) != Page.Size;
            if (!usesFineGranules)
            {
                domain.Unmap(new Iova(Page.Size), Page.Size);
            }
        }

        // Two pages that come and go before anybody can use them are not counted.
        (Kernel.Tally.PagesMapped, Kernel.Tally.PagesUnmapped) = (mapped, unmapped);
        memory.Put(pages);
        memory.Put(pages.Plus(1));
        return usesFineGranules;
    }
}
