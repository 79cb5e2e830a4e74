using Iopf.ArmSmmuV3.Hardware;
using Iopf.Kernel;
using Iopf.Machine;
using Iopf.Mm;

namespace Iopf.Tests.Machine;

public class GuestTablesTests
{
    private const ulong Ram = 0x4000_0000;
    private const ulong First = 0x8_0000;

    private readonly AddressSpace _vmm;

    public GuestTablesTests()
    {
        HostKernel kernel = new();
        _vmm = new AddressSpace(kernel, new PhysicalMemory(kernel), "vmm");
        _vmm.Mmap(UserRange.OfLength(new UserAddress(Ram), 1 << 20), MemoryAccess.Read | MemoryAccess.Write);
    }

    [Fact]
    public void The_context_descriptor_leads_to_the_first_table()
    {
        GuestTables tables = new(_vmm, Ram, First, pages: 8);

        Assert.Equal(Errno.None, tables.Initialize(asid: 5, stalls: true));

        ContextDescriptor descriptor = new() { Word0 = WordAt(First), Word1 = WordAt(First + 8) };
        Assert.True(descriptor.IsValid);
        Assert.True(descriptor.S);
        Assert.Equal(5, descriptor.ASID);
        Assert.Equal(First + Page.Size, descriptor.TTB0);
    }

    [Theory]
    [InlineData(MemoryAccess.Read | MemoryAccess.Write, 0)]
    [InlineData(MemoryAccess.Read, 1UL << 7)]
    public void A_mapped_page_has_a_descriptor_at_the_fourth_level(MemoryAccess access, ulong readOnly)
    {
        GuestTables tables = new(_vmm, Ram, First, pages: 8);
        tables.Initialize(asid: 5, stalls: true);

        Assert.Equal(Errno.None, tables.Map(new Iova(0x5000), 0x7000, access));

        Assert.Equal(0x7000 | 0xf43UL | readOnly, Leaf(0x5000));
    }

    [Fact]
    public void An_unmapped_page_has_an_empty_descriptor()
    {
        GuestTables tables = new(_vmm, Ram, First, pages: 8);
        tables.Initialize(asid: 5, stalls: true);
        tables.Map(new Iova(0x5000), 0x7000, MemoryAccess.Read);

        Assert.Equal(Errno.None, tables.Unmap(new Iova(0x5000)));

        Assert.Equal(0UL, Leaf(0x5000));
    }

    [Fact]
    public void Tables_beyond_the_pages_set_aside_do_not_fit()
    {
        GuestTables tables = new(_vmm, Ram, First, pages: 5);
        tables.Initialize(asid: 5, stalls: true);
        Assert.Equal(Errno.None, tables.Map(new Iova(0x5000), 0x7000, MemoryAccess.Read));

        Assert.Equal(Errno.ENOMEM, tables.Map(new Iova(1UL << 40), 0x7000, MemoryAccess.Read));
    }

    private ulong Leaf(ulong iova)
    {
        ulong table = First + Page.Size;
        for (int shift = 39; shift > Page.Shift; shift -= 9)
        {
            table = WordAt(table + (((iova >> shift) & 0x1ff) * 8)) & 0xffff_ffff_f000;
        }

        return WordAt(table + (((iova >> Page.Shift) & 0x1ff) * 8));
    }

    private ulong WordAt(ulong ipa)
    {
        byte[] bytes = new byte[8];
        Assert.Equal(Errno.None, _vmm.Read(new UserAddress(Ram + ipa), bytes));
        return BitConverter.ToUInt64(bytes);
    }
}
