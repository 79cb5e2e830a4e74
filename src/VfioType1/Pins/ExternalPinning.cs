using Iopf.Iommu;
using Iopf.Kernel;

namespace Iopf.VfioType1;

/// <summary>Pins and unpins pages for vendor drivers.</summary>
/// <remarks>Kernel: <c>vfio_iommu_type1_pin_pages</c>, <c>vfio_iommu_type1_unpin_pages</c>, <c>vfio_unpin_page_external</c>.</remarks>
internal sealed class ExternalPinning(
    HostKernel kernel, RemotePinner pinner, IExternalPinAccounting accounting, IPinScopeRecorder scopes, IDirtyScope dirtyScope)
{
    private readonly IPinCalls? _calls = scopes as IPinCalls;

    public Result<int> Pin(Type1Container container, IommuGroup group, ReadOnlySpan<ulong> userPfns, IommuProt prot, Span<ulong> frames)
    {
        if (!container.IsV2)
        {
            return Errno.EACCES;
        }

        using (container.Lock.Hold("vfio_iommu_type1_pin_pages"))
        {
            Errno error = WaitForVaddrs(container, userPfns);
            if (error == Errno.None && container.UnmapNotifiers.Count == 0)
            {
                error = Errno.EINVAL;
            }

            if (error == Errno.None)
            {
                error = scopes.Begin(container, group);
            }

            if (error != Errno.None)
            {
                frames.Clear();
                return error;
            }

            for (int i = 0; i < userPfns.Length; i++)
            {
                error = PinPage(container, group, new Iova(userPfns[i] << Page.Shift), prot, out Pfn frame);
                if (error != Errno.None)
                {
                    Undo(container, group, userPfns[..i], frames);
                    return error;
                }

                frames[i] = frame.Value;
            }

            _calls?.Succeeded(container, group);
            NarrowDirtyScope(container, group);
            return userPfns.Length;
        }
    }

    public Result<int> Unpin(Type1Container container, IommuGroup group, ReadOnlySpan<ulong> userPfns)
    {
        if (!container.IsV2)
        {
            return Errno.EACCES;
        }

        using (container.Lock.Hold("vfio_iommu_type1_unpin_pages"))
        {
            Errno error = Errno.EINVAL;
            int done = 0;
            while (done < userPfns.Length)
            {
                Iova page = new(userPfns[done] << Page.Shift);
                if (container.Mappings.Find(page) is not { } mapping)
                {
                    break;
                }

                error = UnpinPage(container, group, mapping, page);
                if (error != Errno.None)
                {
                    break;
                }

                done++;
            }

            return done > 0 ? done : error;
        }
    }

    /// <summary>Gives back every pin of a mapping that goes away whatever its vendor drivers say.</summary>
    public void ReleaseAll(Type1Container container, DmaMapping mapping)
    {
        while (mapping.ExternalPins.Count > 0)
        {
            (Iova page, Pfn frame, int references) = mapping.ExternalPins.Pins.First();
            for (; references > 0; references--)
            {
                Drop(container, mapping, page, frame);
            }
        }
    }

    private static Errno WaitForVaddrs(Type1Container container, ReadOnlySpan<ulong> userPfns)
    {
        Errno error = Errno.None;
        for (int i = 0; container.VaddrInvalidCount > 0 && i < userPfns.Length && error == Errno.None; i++)
        {
            error = VaddrWaiting.FindValid(container, new Iova(userPfns[i] << Page.Shift), out _);
        }

        return error;
    }

    private Errno PinPage(Type1Container container, IommuGroup group, Iova page, IommuProt prot, out Pfn frame)
    {
        frame = default;
        if (container.Mappings.Find(page) is not { } mapping)
        {
            return Errno.EINVAL;
        }

        if ((mapping.Prot & prot) != prot)
        {
            return Errno.EPERM;
        }

        bool isNew = !mapping.ExternalPins.TryFind(page, out frame, out _);
        if (isNew)
        {
            Span<Pfn> one = [default];
            Result<int> pinned = accounting.Counts(container, mapping)
                ? pinner.Pin(mapping.Owner, mapping.VaddrOf(page), mapping.Prot, one)
                : pinner.PinUnaccounted(mapping, mapping.VaddrOf(page), one);
            if (!pinned.IsSuccess)
            {
                return pinned.Error;
            }

            frame = one[0];
        }

        if (isNew && !kernel.Allocates("vfio_add_to_pfn_list"))
        {
            pinner.Unpin(mapping.Owner, [frame], accounting.Counts(container, mapping));
            return Errno.ENOMEM;
        }

        mapping.ExternalPins.Add(page, frame);
        Errno error = scopes.Pinned(container, group, mapping, page, frame);
        if (error != Errno.None)
        {
            Drop(container, mapping, page, frame);
            return error;
        }

        mapping.Dirty?.Set(mapping.PageIndexOf(page), 1);
        return Errno.None;
    }

    private Errno UnpinPage(Type1Container container, IommuGroup group, DmaMapping mapping, Iova page)
    {
        Errno error = _calls?.BeginUnpin(container, group, page) ?? Errno.None;
        if (error == Errno.None && scopes.Unpinning(container, group, mapping, page) && mapping.ExternalPins.TryFind(page, out Pfn frame, out _))
        {
            Drop(container, mapping, page, frame);
        }

        return error;
    }

    private void Drop(Type1Container container, DmaMapping mapping, Iova page, Pfn frame)
    {
        if (mapping.ExternalPins.Remove(page))
        {
            pinner.Unpin(mapping.Owner, [frame], accounting.Counts(container, mapping));
        }
    }

    private void Undo(Type1Container container, IommuGroup group, ReadOnlySpan<ulong> pinned, Span<ulong> frames)
    {
        foreach (ulong userPfn in pinned)
        {
            Iova page = new(userPfn << Page.Shift);
            UnpinPage(container, group, container.Mappings.Find(page)!, page);
        }

        frames.Clear();
    }

    /// <summary>A group that pins promises to write only to what it pinned.</summary>
    private void NarrowDirtyScope(Type1Container container, IommuGroup iommuGroup)
    {
        if (dirtyScope.PinNarrowsScope(container)
            && container.FindGroup(iommuGroup) is { Group: { HasPinnedDirtyScope: false } group })
        {
            group.HasPinnedDirtyScope = true;
            container.NonPinnedGroups--;
        }
    }
}
