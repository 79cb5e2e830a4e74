using Iopf.Kernel;

namespace Iopf.Mm;

/// <summary>Loads and stores of the process itself.</summary>
/// <remarks>The CPU's own walk takes no lock; a fault takes the mmap lock as the exception handler does (<c>do_page_fault</c>).</remarks>
internal sealed class CpuAccess(AddressSpace mm)
{
    public Errno Read(UserAddress address, Span<byte> destination)
    {
        while (!destination.IsEmpty)
        {
            int length = Math.Min(destination.Length, (int)Page.Size - address.PageOffset);
            Errno error = Translate(address, MemoryAccess.Read, out ulong physicalAddress);
            if (error != Errno.None)
            {
                return error;
            }

            mm.Memory.Read(physicalAddress, destination[..length]);
            destination = destination[length..];
            address = address.Plus((ulong)length);
        }

        return Errno.None;
    }

    public Errno Write(UserAddress address, ReadOnlySpan<byte> source)
    {
        while (!source.IsEmpty)
        {
            int length = Math.Min(source.Length, (int)Page.Size - address.PageOffset);
            Errno error = Translate(address, MemoryAccess.Write, out ulong physicalAddress);
            if (error != Errno.None)
            {
                return error;
            }

            mm.Memory.Write(physicalAddress, source[..length]);
            source = source[length..];
            address = address.Plus((ulong)length);
        }

        return Errno.None;
    }

    private Errno Translate(UserAddress address, MemoryAccess access, out ulong physicalAddress)
    {
        bool write = access == MemoryAccess.Write;
        physicalAddress = 0;
        if (address.Value > AddressSpace.LastUserAddress)
        {
            return Errno.EFAULT;
        }

        while (true)
        {
            ulong[]? leaf = mm.Table.FindLeaf(address.Value);
            int index = PageTable.IndexOf(address.Value);
            if (leaf is not null && PageTableEntry.Grants(leaf[index], write))
            {
                leaf[index] = (leaf[index] & ~PageTableEntry.Unused) | (write ? PageTableEntry.Dirty : 0);
                physicalAddress = PageTableEntry.FrameOf(leaf[index]).Address + (address.Value & Page.OffsetMask);
                return Errno.None;
            }

            Errno error = Fault(address, access);
            if (error != Errno.None)
            {
                return error;
            }
        }
    }

    private Errno Fault(UserAddress address, MemoryAccess access)
    {
        Errno error;
        using (mm.MmapLock.HoldRead())
        {
            Vma? area = mm.Areas.Find(address);
            if (area is null || (area.Access & access) == 0)
            {
                return Errno.EFAULT;
            }

            error = mm.Faults.Resolve(area, address.PageStart, access == MemoryAccess.Write);
        }

        return error == Errno.EAGAIN ? mm.Userfaults.Wait(address.PageStart) : error;
    }
}
