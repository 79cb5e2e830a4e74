using System.Buffers.Binary;
using Iopf.Kernel;
using Iopf.Vfio;

namespace Iopf.VfioType1;

/// <summary>Starts, stops and reads the log of written pages.</summary>
/// <remarks>Kernel: <c>vfio_iommu_type1_dirty_pages</c>, <c>vfio_iova_dirty_bitmap</c>, <c>update_user_bitmap</c>.</remarks>
internal sealed class DirtyLog(IDirtyScope scope, IEnumerable<IDirtyLogObserver> observers)
{
    private const ulong BitmapBytesMax = 1UL << 28;
    private const ulong PagesMax = int.MaxValue;
    private readonly IDirtyLogObserver[] _observers = [.. observers];

    public Errno Execute(Type1Container container, UserArgument argument)
    {
        if (!container.IsV2)
        {
            return Errno.EACCES;
        }

        if (!VfioDirtyPages.TryRead(argument.Structure, out VfioDirtyPages request))
        {
            return Errno.EFAULT;
        }

        if (request.ArgumentSize < VfioDirtyPages.Size)
        {
            return Errno.EINVAL;
        }

        return request.Flags switch
        {
            VfioDirtyPagesBits.Start => StartAll(container),
            VfioDirtyPagesBits.Stop => StopAll(container),
            VfioDirtyPagesBits.GetBitmap => Get(container, request, argument),
            _ => Errno.EINVAL,
        };
    }

    /// <summary>Begins the log of one mapping with the pages that vendor drivers hold.</summary>
    public Errno Start(DmaMapping mapping, ulong granule)
    {
        ulong pages = mapping.Size / granule;
        if (pages > PagesMax)
        {
            return Errno.EINVAL;
        }

        mapping.Dirty = new DirtyBitmap(pages);
        MarkPinned(mapping);
        foreach (IDirtyLogObserver observer in _observers)
        {
            observer.Started(mapping);
        }

        return Errno.None;
    }

    /// <summary>Marks pages of a mapping as written, if they are logged.</summary>
    public void Mark(DmaMapping mapping, ulong page, ulong count)
    {
        mapping.Dirty?.Set(page, count);
        foreach (IDirtyLogObserver observer in _observers)
        {
            observer.Written(mapping, page, count);
        }
    }

    /// <summary>Marks every page: a group that may have written anywhere goes, and nobody will remember it.</summary>
    /// <remarks>Kernel: <c>vfio_iommu_populate_bitmap_full</c>.</remarks>
    public void MarkEverything(Type1Container container)
    {
        foreach (DmaMapping mapping in container.Mappings)
        {
            Mark(mapping, 0, mapping.Size / container.Granule);
        }
    }

    /// <summary>Whether a bitmap of the user's is big enough, and not absurd.</summary>
    /// <remarks>Kernel: <c>verify_bitmap_size</c>.</remarks>
    public static bool IsSizeValid(ulong pages, ulong bytes) => pages > 0 && bytes <= BitmapBytesMax && bytes >= BytesFor(pages);

    /// <summary>Copies the log of one mapping to where its pages lie in the user's bitmap.</summary>
    public Errno CopyTo(Type1Container container, DmaMapping mapping, Iova bitmapStart, Span<byte> bitmap)
    {
        DirtyBitmap dirty = mapping.Dirty!;
        bool isWhole = scope.ReportsAll(container, mapping);
        if (isWhole)
        {
            dirty.SetAll();
        }

        ulong offset = (mapping.Iova.Value - bitmapStart.Value) >> Page.Shift;
        if ((ulong)bitmap.Length < BytesFor(offset + dirty.PageCount))
        {
            return Errno.EFAULT;
        }

        int word = (int)(offset >> 6) * sizeof(ulong);
        int shift = (int)(offset & 63);

        // Bits of the first word that belong to the pages before the mapping stay as the user has them.
        ulong carried = BinaryPrimitives.ReadUInt64LittleEndian(bitmap[word..]) & ((1UL << shift) - 1);
        foreach (ulong bits in dirty.Words)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(bitmap[word..], carried | (bits << shift));
            carried = shift == 0 ? 0 : bits >> (64 - shift);
            word += sizeof(ulong);
        }

        if (word < (int)BytesFor(offset + dirty.PageCount))
        {
            BinaryPrimitives.WriteUInt64LittleEndian(bitmap[word..], carried);
        }

        foreach (IDirtyLogObserver observer in _observers)
        {
            observer.Reported(container, mapping, isWhole);
        }

        return Errno.None;
    }

    private static ulong BytesFor(ulong pages) => (pages + 63) / 64 * sizeof(ulong);

    private static void MarkPinned(DmaMapping mapping)
    {
        foreach ((Iova page, _, _) in mapping.ExternalPins.Pins)
        {
            mapping.Dirty!.Set(mapping.PageIndexOf(page), 1);
        }
    }

    private Errno StartAll(Type1Container container)
    {
        using (container.Lock.Hold())
        {
            if (container.IsTrackingDirtyPages)
            {
                return Errno.None;
            }

            foreach (DmaMapping mapping in container.Mappings)
            {
                Errno error = Start(mapping, container.Granule);
                if (error != Errno.None)
                {
                    Forget(container);
                    return error;
                }

                scope.Protect(container, mapping);
            }

            container.IsTrackingDirtyPages = true;
            return Errno.None;
        }
    }

    private static Errno StopAll(Type1Container container)
    {
        using (container.Lock.Hold())
        {
            container.IsTrackingDirtyPages = false;
            Forget(container);
            return Errno.None;
        }
    }

    private static void Forget(Type1Container container)
    {
        foreach (DmaMapping mapping in container.Mappings)
        {
            mapping.Dirty = null;
        }
    }

    private Errno Get(Type1Container container, VfioDirtyPages request, UserArgument argument)
    {
        if (request.ArgumentSize - VfioDirtyPages.Size < VfioDirtyRange.Size)
        {
            return Errno.EINVAL;
        }

        if (!VfioDirtyRange.TryRead(argument.Structure[VfioDirtyPages.Size..], out VfioDirtyRange range))
        {
            return Errno.EFAULT;
        }

        if (unchecked(range.Iova + range.Length) < range.Iova
            || !BitOperationsOf(range.Bitmap.PageSize, out int shift)
            || !IsSizeValid(range.Length >> shift, range.Bitmap.Length))
        {
            return Errno.EINVAL;
        }

        using (container.Lock.Hold())
        {
            ulong mask = container.Granule - 1;
            if (range.Bitmap.PageSize != container.Granule
                || ((range.Iova | range.Length) & mask) != 0
                || range.Length == 0
                || !container.IsTrackingDirtyPages)
            {
                return Errno.EINVAL;
            }

            return Read(container, IovaRange.OfLength(new Iova(range.Iova), range.Length), argument.Payload);
        }
    }

    private static bool BitOperationsOf(ulong pageSize, out int shift)
    {
        shift = System.Numerics.BitOperations.TrailingZeroCount(pageSize);
        return pageSize != 0;
    }

    private Errno Read(Type1Container container, IovaRange range, Span<byte> bitmap)
    {
        if ((container.Mappings.Find(range.First) is { } first && first.Iova != range.First)
            || (container.Mappings.Find(range.Last) is { } last && last.Range.Last != range.Last))
        {
            return Errno.EINVAL;
        }

        for (DmaMapping? mapping = container.Mappings.FirstOverlapping(range.First, range.Last); mapping is not null;)
        {
            Errno error = CopyTo(container, mapping, range.First, bitmap);
            if (error != Errno.None)
            {
                return error;
            }

            mapping.Dirty!.Clear();
            scope.Protect(container, mapping);
            MarkPinned(mapping);
            Iova end = mapping.Range.Last;
            mapping = end < range.Last ? container.Mappings.FirstOverlapping(end.Plus(1), range.Last) : null;
        }

        return Errno.None;
    }
}
