using Iopf.Iommu;
using Iopf.Kernel;

namespace Iopf.VfioType1;

/// <summary>The iova ranges that a container may map: what every domain can translate, minus what is reserved.</summary>
/// <remarks>Kernel: the helpers around <c>iova_list</c>.</remarks>
internal static class IovaRanges
{
    /// <summary>Whether a range may be mapped: it must lie in one valid range.</summary>
    /// <remarks>Kernel: <c>vfio_iommu_iova_dma_valid</c>. An empty list allows everything.</remarks>
    public static bool Allow(List<IovaRange> valid, IovaRange range)
    {
        foreach (IovaRange candidate in valid)
        {
            if (candidate.Contains(range))
            {
                return true;
            }
        }

        return valid.Count == 0;
    }

    /// <summary>Whether an aperture excludes every valid range or an existing mapping.</summary>
    /// <remarks>Kernel: <c>vfio_iommu_aper_conflict</c>.</remarks>
    public static bool ConflictsWithAperture(Type1Container container, IovaRange aperture)
    {
        if (container.ValidIova.Count > 0
            && !aperture.Overlaps(new IovaRange(container.ValidIova[0].First, container.ValidIova[^1].Last)))
        {
            return true;
        }

        foreach (DmaMapping mapping in container.Mappings)
        {
            if (!aperture.Contains(mapping.Range))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether an existing mapping lies in a reserved region.</summary>
    /// <remarks>Kernel: <c>vfio_iommu_resv_conflict</c>.</remarks>
    public static bool ConflictsWithReserved(Type1Container container, IReadOnlyList<ReservedRegion> regions)
    {
        foreach (ReservedRegion region in regions)
        {
            if (region.Type != ReservedRegionType.DirectRelaxable
                && container.Mappings.FirstOverlapping(region.Range.First, region.Range.Last) is not null)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>What is left of the valid ranges inside an aperture and outside reserved regions.</summary>
    /// <remarks>Kernel: <c>vfio_iommu_aper_resize</c>, <c>vfio_iommu_resv_exclude</c>.</remarks>
    public static List<IovaRange> Narrow(List<IovaRange> valid, IovaRange aperture, IReadOnlyList<ReservedRegion> regions)
    {
        List<IovaRange> narrowed = [];
        foreach (IovaRange range in valid.Count > 0 ? valid : [IovaRange.All])
        {
            if (range.Intersect(aperture) is { } common)
            {
                narrowed.Add(common);
            }
        }

        foreach (ReservedRegion region in regions)
        {
            if (region.Type != ReservedRegionType.DirectRelaxable)
            {
                narrowed = Exclude(narrowed, region.Range);
            }
        }

        return narrowed;
    }

    private static List<IovaRange> Exclude(List<IovaRange> ranges, IovaRange hole)
    {
        List<IovaRange> left = [];
        foreach (IovaRange range in ranges)
        {
            if (!range.Overlaps(hole))
            {
                left.Add(range);
                continue;
            }

            if (range.First < hole.First)
            {
                left.Add(new IovaRange(range.First, new Iova(hole.First.Value - 1)));
            }

            if (range.Last > hole.Last)
            {
                left.Add(new IovaRange(new Iova(hole.Last.Value + 1), range.Last));
            }
        }

        return left;
    }
}
