using System.Numerics;
using Iopf.Kernel;

namespace Iopf.Iommu;

/// <summary>One translation: what iovas lead to for the devices attached to it.</summary>
/// <remarks>
/// Kernel: <c>struct iommu_domain</c>. The core splits requests into blocks the hardware knows; the driver carries out the single steps.
/// A domain has no lock: its owner keeps changes of one range apart.
/// </remarks>
/// <param name="kernel">Scheduler, clock, counters and trace.</param>
/// <param name="type">What the domain is for.</param>
public abstract class IommuDomain(HostKernel kernel, DomainType type)
{
    /// <summary>What the domain is for.</summary>
    public DomainType Type { get; } = type;

    /// <summary>The block sizes it supports; bit n stands for 2^n bytes.</summary>
    /// <remarks>Kernel: <c>pgsize_bitmap</c>.</remarks>
    public abstract ulong PageSizes { get; }

    /// <summary>The iovas it can translate.</summary>
    public abstract IovaRange Aperture { get; }

    /// <summary>Whether a part of a block can be unmapped; if not, the whole block goes, or nothing.</summary>
    public virtual bool SplitsBlocks => true;

    /// <summary>Whether its driver can answer page requests.</summary>
    public abstract bool CanRespond { get; }

    /// <summary>Whether it translates guest-physical addresses only; ENODEV where the driver cannot tell.</summary>
    public abstract Result<bool> IsNested { get; }

    /// <summary>Whether what a device's stage 1 does is a guest's affair.</summary>
    public bool LeavesStage1ToGuest => IsNested is { IsSuccess: true, Value: true };

    /// <summary>Makes it translate guest-physical addresses only.</summary>
    /// <returns>EPERM once a device was attached.</returns>
    public abstract Errno EnableNesting();

    /// <summary>Attaches a device.</summary>
    /// <param name="device">The device.</param>
    /// <returns>The driver's answer.</returns>
    public abstract Errno AttachDevice(Device device);

    /// <summary>Detaches a device.</summary>
    /// <param name="device">The device.</param>
    public abstract void DetachDevice(Device device);

    /// <summary>The physical address an iova leads to, to the byte.</summary>
    /// <param name="iova">The iova.</param>
    /// <returns>The address, or <see langword="null"/> where nothing is mapped.</returns>
    public abstract ulong? IovaToPhysical(Iova iova);

    /// <summary>What the entry of an iova grants.</summary>
    /// <param name="iova">The iova.</param>
    /// <returns>The access, or <see langword="null"/> where nothing is mapped.</returns>
    public abstract IommuProt? ProtOf(Iova iova);

    /// <summary>Calls back for every entry in ascending order; a view for checkers, not for the hot path.</summary>
    /// <param name="visit">Receives the first iova, the physical address and the size in bytes.</param>
    public virtual void VisitEntries(Action<Iova, ulong, ulong> visit)
    {
        // A domain without tables of its own has no entries to show.
    }

    /// <summary>Whether it is gone.</summary>
    public bool IsFreed { get; private set; }

    /// <summary>Gives the domain's memory back; no device is attached any more.</summary>
    /// <remarks>Kernel: <c>iommu_domain_free</c>.</remarks>
    public void Free()
    {
        IsFreed = true;
        kernel.Tally.PagesUnmapped += EnteredPages;
        FreeTables();
    }

    /// <summary>How many pages its tables lead to; a view, not for the hot path.</summary>
    protected virtual long EnteredPages => 0;

    /// <summary>Gives back what the driver holds for the domain.</summary>
    protected abstract void FreeTables();

    /// <summary>Answers a page request of a device.</summary>
    /// <param name="device">The device.</param>
    /// <param name="response">The answer.</param>
    /// <returns>The driver's answer.</returns>
    public abstract Errno RespondToPage(Device device, in PageResponse response);

    /// <summary>Maps a range, in the largest blocks that fit.</summary>
    /// <remarks>Kernel: <c>iommu_map</c>. May sleep.</remarks>
    /// <param name="iova">The first iova.</param>
    /// <param name="physicalAddress">What it leads to.</param>
    /// <param name="size">The length in bytes.</param>
    /// <param name="prot">What is granted.</param>
    /// <returns>ENODEV without block sizes; EINVAL for another type of domain or a misaligned request; else the driver's error, with nothing left.</returns>
    public virtual Errno Map(Iova iova, ulong physicalAddress, ulong size, IommuProt prot)
    {
        if (PageSizes == 0)
        {
            return Errno.ENODEV;
        }

        if (Type is DomainType.Identity or DomainType.Blocked || !IsAligned(iova.Value | physicalAddress | size))
        {
            return Errno.EINVAL;
        }

        if (kernel.Fails(FailureKind.Map))
        {
            return Errno.ENOMEM;
        }

        ulong done = 0;
        while (done < size)
        {
            ulong at = iova.Value + done;
            ulong physical = physicalAddress + done;
            ulong block = BlockFor(at | physical, size - done);
            Errno error = MapBlocks(new Iova(at), physical, block, BlocksAt(at, at ^ physical, block, size - done), prot, ref done);
            if (error != Errno.None)
            {
                Unmap(iova, done);
                return error;
            }
        }

        kernel.Tally.PagesMapped += (long)(size >> Page.Shift);
        TracePoint point = new(TracePointKind.Map) { PhysicalAddress = physicalAddress, Size = size, Done = size };
        kernel.Step(TraceLayer.IommuCore, "iommu_map", string.Empty, iova, in point, $"-> 0x{physicalAddress:x} size 0x{size:x} {prot}");
        return Errno.None;
    }

    /// <summary>Unmaps a range and syncs the IOTLB.</summary>
    /// <remarks>Kernel: <c>iommu_unmap</c>.</remarks>
    /// <param name="iova">The first iova.</param>
    /// <param name="size">The length in bytes.</param>
    /// <returns>How many bytes were unmapped: it stops at the first block that is not mapped.</returns>
    public virtual ulong Unmap(Iova iova, ulong size)
    {
        IotlbGather gather = default;
        ulong done = UnmapFast(iova, size, ref gather);
        SyncIotlb(ref gather);
        return done;
    }

    /// <summary>Unmaps a range and leaves the IOTLB to the caller.</summary>
    /// <remarks>Kernel: <c>iommu_unmap_fast</c>.</remarks>
    /// <param name="iova">The first iova.</param>
    /// <param name="size">The length in bytes.</param>
    /// <param name="gather">Collects what <see cref="SyncIotlb"/> has to invalidate.</param>
    /// <returns>How many bytes were unmapped.</returns>
    public virtual ulong UnmapFast(Iova iova, ulong size, ref IotlbGather gather)
    {
        if (PageSizes == 0 || !IsAligned(iova.Value | size))
        {
            return 0;
        }

        ulong done = 0;
        while (done < size)
        {
            ulong at = iova.Value + done;
            ulong block = BlockFor(at, size - done);
            ulong asked = block * BlocksAt(at, 0, block, size - done);
            ulong unmapped = UnmapBlocks(new Iova(at), block, asked / block, ref gather);
            done += unmapped;
            if (unmapped < asked)
            {
                break;
            }
        }

        if (done > 0)
        {
            kernel.Tally.PagesUnmapped += (long)(done >> Page.Shift);
            TracePoint point = new(TracePointKind.Unmap) { Size = size, Done = done };
            kernel.Step(TraceLayer.IommuCore, "iommu_unmap", string.Empty, iova, in point, $"size 0x{size:x}, unmapped 0x{done:x}");
        }

        return done;
    }

    /// <summary>Invalidates what was gathered, and empties the gather.</summary>
    /// <remarks>Kernel: <c>iommu_iotlb_sync</c>.</remarks>
    /// <param name="gather">What was unmapped.</param>
    public virtual void SyncIotlb(ref IotlbGather gather)
    {
        kernel.Tally.IotlbSyncs++;
        if (!gather.IsEmpty)
        {
            InvalidateIotlb(in gather);
        }

        gather = default;
    }

    /// <summary>Adds an unmapped page to a gather, syncing first what cannot be gathered with it.</summary>
    /// <remarks>Kernel: <c>iommu_iotlb_gather_add_page</c>.</remarks>
    /// <param name="gather">The gather.</param>
    /// <param name="iova">The page's first iova.</param>
    /// <param name="size">Its size in bytes.</param>
    protected void Gather(ref IotlbGather gather, ulong iova, ulong size)
    {
        if (!gather.CanAdd(iova, size))
        {
            SyncIotlb(ref gather);
        }

        gather.Add(iova, size);
    }

    /// <summary>Enters one block.</summary>
    /// <param name="iova">Its first iova, aligned to its size.</param>
    /// <param name="physicalAddress">What it leads to, aligned to its size.</param>
    /// <param name="size">One of <see cref="PageSizes"/>.</param>
    /// <param name="prot">What is granted.</param>
    /// <returns>The driver's answer.</returns>
    protected abstract Errno MapBlock(Iova iova, ulong physicalAddress, ulong size, IommuProt prot);

    /// <summary>Enters blocks of one size that lie one after another on both sides.</summary>
    /// <param name="iova">The first iova, aligned to the size.</param>
    /// <param name="physicalAddress">What it leads to, aligned to the size.</param>
    /// <param name="size">One of <see cref="PageSizes"/>.</param>
    /// <param name="count">How many blocks; at least 1.</param>
    /// <param name="prot">What is granted.</param>
    /// <param name="mapped">Grows by the bytes that were entered.</param>
    /// <returns>The driver's answer to the first block that it refused.</returns>
    protected virtual Errno MapBlocks(Iova iova, ulong physicalAddress, ulong size, ulong count, IommuProt prot, ref ulong mapped)
    {
        for (ulong i = 0; i < count; i++)
        {
            Errno error = MapBlock(iova.Plus(i * size), physicalAddress + (i * size), size, prot);
            if (error != Errno.None)
            {
                return error;
            }

            mapped += size;
        }

        return Errno.None;
    }

    /// <summary>Removes one block.</summary>
    /// <param name="iova">Its first iova, aligned to its size.</param>
    /// <param name="size">One of <see cref="PageSizes"/>.</param>
    /// <param name="gather">Collects what is to be invalidated.</param>
    /// <returns>How many bytes were unmapped; 0 if nothing was.</returns>
    protected abstract ulong UnmapBlock(Iova iova, ulong size, ref IotlbGather gather);

    /// <summary>Removes blocks of one size that lie one after another.</summary>
    /// <param name="iova">The first iova, aligned to the size.</param>
    /// <param name="size">One of <see cref="PageSizes"/>.</param>
    /// <param name="count">How many blocks; at least 1.</param>
    /// <param name="gather">Collects what is to be invalidated.</param>
    /// <returns>How many bytes were unmapped; it stops at the first block that is not mapped.</returns>
    protected virtual ulong UnmapBlocks(Iova iova, ulong size, ulong count, ref IotlbGather gather)
    {
        ulong done = 0;
        ulong unmapped;
        do
        {
            unmapped = UnmapBlock(iova.Plus(done), size, ref gather);
            done += unmapped;
        }
        while (unmapped > 0 && done < size * count);
        return done;
    }

    /// <summary>Invalidates a gathered range in the hardware.</summary>
    /// <param name="gather">What was unmapped; never empty.</param>
    protected abstract void InvalidateIotlb(in IotlbGather gather);

    private bool IsAligned(ulong bits) => (bits & ((PageSizes & (~PageSizes + 1)) - 1)) == 0;

    /// <summary>The largest block that the alignment of the addresses and the rest of the request allow.</summary>
    /// <remarks>Kernel: <c>iommu_pgsize</c>.</remarks>
    private ulong BlockFor(ulong addresses, ulong rest)
    {
        int largest = BitOperations.Log2(rest);
        if (addresses != 0)
        {
            largest = Math.Min(largest, BitOperations.TrailingZeroCount(addresses));
        }

        ulong fitting = PageSizes & (ulong.MaxValue >> (63 - largest));
        Invariant.Hold(fitting != 0, "an aligned request fits the smallest block");
        return 1UL << BitOperations.Log2(fitting);
    }

    /// <summary>How many blocks of a size there are before a larger one fits or the request ends.</summary>
    /// <param name="iova">The iova of the first one.</param>
    /// <param name="offset">The bits in which iova and physical address differ: no block that is larger than the lowest of them will ever fit.</param>
    /// <param name="block">The size of one.</param>
    /// <param name="rest">The rest of the request in bytes.</param>
    private ulong BlocksAt(ulong iova, ulong offset, ulong block, ulong rest)
    {
        ulong larger = PageSizes & ~((block << 1) - 1);
        ulong next = larger & (~larger + 1);
        if (next != 0 && (offset & (next - 1)) == 0)
        {
            // Where a larger block could begin it does only if the rest fills it; the next round finds out.
            rest = Math.Min(rest, next - (iova & (next - 1)));
        }

        return rest / block;
    }
}
