using Iopf.Kernel;

namespace Iopf.Mm.Tests;

/// <summary>A kernel, its memory, and one address space with four pages at 0x10000.</summary>
internal sealed class Host
{
    public const MemoryAccess ReadWrite = MemoryAccess.Read | MemoryAccess.Write;

    public Host()
    {
        Memory = new PhysicalMemory(Kernel);
        Mm = new AddressSpace(Kernel, Memory, "qemu");
    }

    public HostKernel Kernel { get; } = new();

    public PhysicalMemory Memory { get; }

    public AddressSpace Mm { get; }

    public static UserAddress At(ulong page) => new(0x10000 + (page << Page.Shift));

    public static UserRange Pages(ulong first, ulong count) => UserRange.OfPages(At(first), count);

    public Host WithPages(ulong count = 4, MemoryAccess access = ReadWrite, VmaKind kind = VmaKind.Anonymous)
    {
        Assert.Equal(Errno.None, Mm.Mmap(Pages(0, count), access, kind));
        return this;
    }

    public Host Written(params byte[] values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            Write(Mm, (ulong)i, values[i]);
        }

        return this;
    }

    public static void Write(AddressSpace mm, ulong page, byte value) => Assert.Equal(Errno.None, mm.Write(At(page), [value]));

    public static byte Read(AddressSpace mm, ulong page)
    {
        byte[] read = new byte[1];
        Assert.Equal(Errno.None, mm.Read(At(page), read));
        return read[0];
    }

    public static Pfn FrameOf(AddressSpace mm, ulong page) => Assert.NotNull(mm.FrameAt(At(page)));

    public Pfn FrameOf(ulong page) => FrameOf(Mm, page);

    public Pfn Pin(ulong page, PinFlags flags = PinFlags.Write)
    {
        Pfn[] frames = new Pfn[1];
        Assert.Equal(1, Mm.PinPages(At(page), 1, flags, frames).Value);
        return frames[0];
    }
}
