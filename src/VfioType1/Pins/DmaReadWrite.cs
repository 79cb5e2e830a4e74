using Iopf.Iommu;
using Iopf.Kernel;
using Iopf.Mm;

namespace Iopf.VfioType1;

/// <summary>Moves bytes between a vendor driver and the memory behind iovas, by CPU.</summary>
/// <remarks>Kernel: <c>vfio_iommu_type1_dma_rw</c>.</remarks>
internal sealed class DmaReadWrite(DirtyLog dirty)
{
    public Errno Execute(Type1Container container, Process? caller, Iova iova, Span<byte> data, bool isWrite)
    {
        using (container.Lock.Hold())
        {
            while (data.Length > 0)
            {
                Errno error = VaddrWaiting.FindValid(container, iova, out DmaMapping? mapping);
                if (error != Errno.None)
                {
                    return error;
                }

                int length = (int)Math.Min((ulong)data.Length, mapping!.Range.Last.Value - iova.Value + 1);
                error = Chunk(mapping, caller, iova, data[..length], isWrite);
                if (error != Errno.None)
                {
                    return error;
                }

                data = data[length..];
                iova = iova.Plus((ulong)length);
            }

            return Errno.None;
        }
    }

    private Errno Chunk(DmaMapping mapping, Process? caller, Iova iova, Span<byte> data, bool isWrite)
    {
        // Reading must be granted even for a write.
        if ((mapping.Prot & IommuProt.Read) == 0 || (isWrite && (mapping.Prot & IommuProt.Write) == 0))
        {
            return Errno.EPERM;
        }

        if (!mapping.Mm.IsAlive)
        {
            return Errno.EPERM;
        }

        if (caller is not null && !ReferenceEquals(caller.Mm, mapping.Mm))
        {
            return Errno.EFAULT;
        }

        UserAddress vaddr = mapping.VaddrOf(iova);
        Errno error = isWrite ? mapping.Mm.Write(vaddr, data) : mapping.Mm.Read(vaddr, data);
        if (isWrite && error == Errno.None)
        {
            ulong first = mapping.PageIndexOf(iova);
            ulong count = mapping.PageIndexOf(iova.Plus((ulong)data.Length - 1)) - first + 1;
            dirty.Mark(mapping, first, count);
        }

        return error == Errno.None ? Errno.None : Errno.EFAULT;
    }
}
