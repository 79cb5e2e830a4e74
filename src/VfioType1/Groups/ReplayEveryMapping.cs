using Iopf.Iommu;
using Iopf.Kernel;
using Iopf.Mm;

namespace Iopf.VfioType1;

/// <summary>Baseline: a domain that joins gets every mapping; what was never pinned (mediated devices only) is pinned now.</summary>
/// <remarks>Kernel: <c>vfio_iommu_replay</c>. A mapping on demand has nothing that is pinned, so nothing to replay.</remarks>
internal sealed class ReplayEveryMapping(HostKernel kernel, RemotePinner pinner, IInvalidationGuard invalidations)
    : IMappingReplay, IStaticReplay
{
    public Errno Replay(Type1Container container, Type1Domain domain, Process? caller)
    {
        Errno error = Fill(container, domain);
        if (error == Errno.None)
        {
            using (invalidations.Enter(container))
            {
                container.Domains.Insert(0, domain);
            }
        }

        return error;
    }

    /// <summary>Enters every mapping that is not on demand.</summary>
    public Errno Fill(Type1Container container, Type1Domain domain)
    {
        Errno error = VaddrWaiting.AllValid(container);
        if (error != Errno.None)
        {
            return error;
        }

        int done = 0;
        List<DmaMapping> pinnedNow = [];
        foreach (DmaMapping mapping in container.Mappings)
        {
            if (!mapping.IsOnDemand)
            {
                error = mapping.IsIommuMapped ? Copy(container, mapping, domain) : PinInto(container, mapping, domain, pinnedNow);
            }

            if (error != Errno.None)
            {
                Undo(container, domain, done, pinnedNow);
                return error;
            }

            done++;
        }

        return Errno.None;
    }

    /// <summary>Enters what the first domain holds.</summary>
    private Errno Copy(Type1Container container, DmaMapping mapping, Type1Domain domain)
    {
        IommuDomain source = container.FirstDomain!.Domain;
        for (ulong offset = 0; offset < mapping.Size; offset += Page.Size)
        {
            Iova iova = mapping.Iova.Plus(offset);
            if (source.IovaToPhysical(iova) is not { } physical)
            {
                kernel.Step(TraceLayer.Type1, "vfio_iommu_replay", string.Empty, iova, $"warning: a page of {mapping} is not mapped");
                continue;
            }

            ulong length = Page.Size;
            while (offset + length < mapping.Size && source.IovaToPhysical(iova.Plus(length)) == physical + length)
            {
                length += Page.Size;
            }

            Errno error = domain.Domain.Map(iova, physical, length, mapping.Prot | domain.Prot);
            if (error != Errno.None)
            {
                Clear(domain, mapping);
                return error;
            }

            offset += length - Page.Size;
        }

        return Errno.None;
    }

    private Errno PinInto(Type1Container container, DmaMapping mapping, Type1Domain domain, List<DmaMapping> pinnedNow)
    {
        pinnedNow.Add(mapping);
        ulong offset = 0;
        Errno error = Errno.None;
        while (offset < mapping.Size && error == Errno.None)
        {
            Iova iova = mapping.Iova.Plus(offset);
            if (!pinner.PinRun(container, mapping, iova, (mapping.Size - offset) >> Page.Shift).TryGet(out PinnedRun run, out error))
            {
                break;
            }

            error = domain.Domain.Map(iova, run.First.Address, (ulong)run.PageCount << Page.Shift, mapping.Prot | domain.Prot);
            if (error != Errno.None)
            {
                mapping.Mm.AccountLocked(-pinner.Unpin(mapping, run.First, run.PageCount));
                break;
            }

            offset += (ulong)run.PageCount << Page.Shift;
        }

        pinner.Drop(container.PinBatch, mapping);
        if (error == Errno.None)
        {
            mapping.IsIommuMapped = true;
        }
        else
        {
            Unpin(domain, mapping);
        }

        return error;
    }

    private void Undo(Type1Container container, Type1Domain domain, int done, List<DmaMapping> pinnedNow)
    {
        for (int i = 0; i < done; i++)
        {
            DmaMapping mapping = container.Mappings[i];
            if (pinnedNow.Contains(mapping))
            {
                Unpin(domain, mapping);
                mapping.IsIommuMapped = false;
            }
            else
            {
                Clear(domain, mapping);
            }
        }
    }

    private void Unpin(Type1Domain domain, DmaMapping mapping)
    {
        long unlocked = 0;
        for (ulong offset = 0; offset < mapping.Size; offset += Page.Size)
        {
            Iova iova = mapping.Iova.Plus(offset);
            if (domain.Domain.IovaToPhysical(iova) is { } physical)
            {
                domain.Domain.Unmap(iova, Page.Size);
                long pages = pinner.Unpin(mapping, Pfn.OfAddress(physical), 1);
                unlocked += mapping.ExternalPins.Contains(iova) ? 0 : pages;
            }
        }

        mapping.Mm.AccountLocked(-unlocked);
    }

    private static void Clear(Type1Domain domain, DmaMapping mapping)
    {
        for (ulong offset = 0; offset < mapping.Size; offset += Page.Size)
        {
            Iova iova = mapping.Iova.Plus(offset);
            if (domain.Domain.IovaToPhysical(iova) is not null)
            {
                domain.Domain.Unmap(iova, Page.Size);
            }
        }
    }
}
