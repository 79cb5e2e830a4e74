using Iopf.ArmSmmuV3.Hardware;
using Iopf.Kernel;
using Iopf.Mm;

namespace Iopf.Machine;

/// <summary>A guest's stage-1 tables for one device: real descriptors in guest memory, written by the VMM's CPU.</summary>
/// <remarks>
/// Arm DDI 0487, VMSAv8-64, 4 KiB granule, four levels. The first page holds the context descriptor, the second the first table.
/// </remarks>
/// <param name="vmm">The process that has guest memory in its own.</param>
/// <param name="ram">Where guest-physical address 0 is in it.</param>
/// <param name="firstPage">The guest-physical address of the first page set aside.</param>
/// <param name="pages">How many pages are set aside.</param>
public sealed class GuestTables(AddressSpace vmm, ulong ram, ulong firstPage, ulong pages)
{
    private const int Levels = 4;
    private const int InputBits = 48;
    private const ulong TableOrPage = 3;
    private const ulong AccessFlag = 1UL << 10;
    private const ulong InnerShareable = 3UL << 8;
    private const ulong Unprivileged = 1UL << 6;
    private const ulong ReadOnly = 1UL << 7;
    private const ulong NotGlobal = 1UL << 11;
    private const ulong AddressMask = 0x0000_ffff_ffff_f000;

    private ulong _used = 2;

    /// <summary>The guest-physical address of the context descriptor.</summary>
    public ulong ContextDescriptor => firstPage;

    private ulong Root => firstPage + Page.Size;

    /// <summary>Writes the context descriptor and an empty first table.</summary>
    /// <param name="asid">The guest's ASID.</param>
    /// <param name="stalls">Whether faults stall.</param>
    /// <returns>None, or the error of the VMM's access.</returns>
    public Errno Initialize(ushort asid, bool stalls)
    {
        ContextDescriptor descriptor = new()
        {
            T0SZ = 64 - InputBits,
            EPD1 = true,
            IPS = 5,
            AA64 = true,
            S = stalls,
            R = true,
            A = true,
            ASID = asid,
            TTB0 = Root,
            IsValid = true,
        };
        Errno error = Clear(Root);
        error = error == Errno.None ? Clear(firstPage) : error;
        error = error == Errno.None ? WriteWord(firstPage + 8, descriptor.Word1) : error;
        return error == Errno.None ? WriteWord(firstPage, descriptor.Word0) : error;
    }

    /// <summary>Enters one page, or changes its entry.</summary>
    /// <param name="iova">The device address.</param>
    /// <param name="ipa">The guest-physical address.</param>
    /// <param name="access">What the device may do; nothing is entered for none.</param>
    /// <returns>None; EINVAL beyond 48 bits, which the tables do not translate; ENOMEM when the pages set aside are used up; the error of
    /// the VMM's access.</returns>
    public Errno Map(Iova iova, ulong ipa, MemoryAccess access)
    {
        if (iova.Value >> InputBits != 0)
        {
            return Errno.EINVAL;
        }

        ulong entry = (ipa & AddressMask) | TableOrPage | AccessFlag | InnerShareable | Unprivileged | NotGlobal;
        entry |= access.HasFlag(MemoryAccess.Write) ? 0 : ReadOnly;
        return Enter(iova, access == MemoryAccess.None ? 0 : entry, allocates: true);
    }

    /// <summary>Removes one page.</summary>
    /// <param name="iova">The device address.</param>
    /// <returns>None, also where there was no entry; the error of the VMM's access.</returns>
    public Errno Unmap(Iova iova) => Enter(iova, 0, allocates: false);

    private Errno Enter(Iova iova, ulong entry, bool allocates)
    {
        ulong table = Root;
        for (int level = 0; level < Levels - 1; level++)
        {
            ulong at = table + Offset(iova, level);
            Errno error = ReadWord(at, out ulong next);
            if (error != Errno.None)
            {
                return error;
            }

            if ((next & 1) == 0)
            {
                if (!allocates)
                {
                    return Errno.None;
                }

                error = AddTable(at, out next);
                if (error != Errno.None)
                {
                    return error;
                }
            }

            table = next & AddressMask;
        }

        return WriteWord(table + Offset(iova, Levels - 1), entry);
    }

    private Errno AddTable(ulong at, out ulong entry)
    {
        entry = 0;
        if (_used == pages)
        {
            return Errno.ENOMEM;
        }

        ulong table = firstPage + (_used++ << Page.Shift);
        Errno error = Clear(table);
        entry = table | TableOrPage;
        return error == Errno.None ? WriteWord(at, entry) : error;
    }

    private static ulong Offset(Iova iova, int level) =>
        ((iova.Value >> (Page.Shift + (9 * (Levels - 1 - level)))) & 0x1ff) * sizeof(ulong);

    private Errno Clear(ulong ipa)
    {
        Span<byte> zeros = stackalloc byte[(int)Page.Size];
        zeros.Clear();
        return vmm.Write(new UserAddress(ram + ipa), zeros);
    }

    private Errno ReadWord(ulong ipa, out ulong value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        Errno error = vmm.Read(new UserAddress(ram + ipa), bytes);
        value = BitConverter.ToUInt64(bytes);
        return error;
    }

    private Errno WriteWord(ulong ipa, ulong value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        BitConverter.TryWriteBytes(bytes, value);
        return vmm.Write(new UserAddress(ram + ipa), bytes);
    }
}
