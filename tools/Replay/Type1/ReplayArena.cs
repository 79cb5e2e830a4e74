using Iopf.Kernel;
using Iopf.Mm;

namespace Iopf.Replay;

/// <summary>The user memory behind the mappings of a recording: offsets in it are process addresses from a base on.</summary>
internal static class ReplayArena
{
    private const ulong Base = 0x10_0000_0000;

    // The recorder's own buffer. The kernel places new mappings top-down, so it lies at the upper end of the arena's hole: in every
    // recording, mappings of the hole's last mebibyte succeed and all others in it fail.
    private const ulong RecorderBufferBytes = 1 << 20;

    /// <summary>The process address of an offset.</summary>
    public static UserAddress At(ulong offset) => new(unchecked(Base + offset));

    /// <summary>Lays the arena out in a process, and touches what was touched; every word tells its own address.</summary>
    public static void Create(Process process, IReadOnlyList<ArenaPart> parts)
    {
        AddressSpace mm = process.Mm!;
        PlaceRecorderBuffer(mm, parts);
        foreach (ArenaPart part in parts)
        {
            if (part.Access == ArenaAccess.None)
            {
                continue;
            }

            UserRange range = UserRange.OfLength(At(part.Start), part.End - part.Start);
            Errno error = mm.Mmap(range, MemoryAccess.Read | MemoryAccess.Write);
            Invariant.Hold(error == Errno.None, "the parts of an arena do not overlap");
            if (part.Populated)
            {
                Touch(mm, range);
            }

            if (part.Access == ArenaAccess.Read)
            {
                mm.Mprotect(range, MemoryAccess.Read);
            }
        }
    }

    private static void PlaceRecorderBuffer(AddressSpace mm, IReadOnlyList<ArenaPart> parts)
    {
        ArenaPart? hole = parts.LastOrDefault(part => part.Access == ArenaAccess.None && part.End - part.Start > RecorderBufferBytes);
        if (hole is not null)
        {
            mm.Mmap(UserRange.OfLength(At(hole.End - RecorderBufferBytes), RecorderBufferBytes), MemoryAccess.Read | MemoryAccess.Write);
        }
    }

    private static void Touch(AddressSpace mm, UserRange range)
    {
        byte[] page = new byte[Page.Size];
        for (ulong at = range.First.Value; at < range.Last.Value; at += Page.Size)
        {
            for (int offset = 0; offset < page.Length; offset += sizeof(ulong))
            {
                BitConverter.TryWriteBytes(page.AsSpan(offset), at + (ulong)offset);
            }

            mm.Write(new UserAddress(at), page);
        }
    }
}
