using Iopf.Kernel;
using Iopf.Vfio;

namespace Iopf.Tests.Type1;

/// <summary>Where the bit of a page lies in the bitmap of a range, for mappings that begin and end inside a word of it.</summary>
public sealed class DirtyBitmapLayoutTests : IDisposable
{
    private const ulong Start = 0x10_0000;

    // 70 pages, 70 pages right after them, 5 pages of nothing, 100 pages.
    private static readonly (ulong First, ulong Count)[] Mappings = [(0, 70), (70, 70), (145, 100)];

    private readonly Type1Bench _bench = new(group: "mdev0");

    public DirtyBitmapLayoutTests()
    {
        _bench.Mmap(64, 256);
        _bench.Notify((_, _) => { });
        foreach ((ulong first, ulong count) in Mappings)
        {
            Assert.Equal(Errno.None, _bench.Map(IovaOf(first), count, Type1Bench.Pages(first, 1).First.Value));
        }
    }

    public void Dispose() => _bench.Dispose();

    [Theory]
    [InlineData(new ulong[] { 0, 63, 64, 69, 70, 127, 128, 139, 145, 191, 192, 244 })]
    [InlineData(new ulong[] { 69 })]
    [InlineData(new ulong[] { 70 })]
    [InlineData(new ulong[] { 145, 146, 147 })]
    [InlineData(new ulong[] { 191 })]
    [InlineData(new ulong[] { 244 })]
    [InlineData(new ulong[0])]
    public void Each_pinned_page_has_the_bit_of_its_distance_from_the_start_and_no_other_bit_is_set(ulong[] pages)
    {
        Pin(pages);
        _bench.Dirty(VfioDirtyPagesBits.Start);

        Assert.Equal(pages, _bench.DirtyPagesOf(Start, 245));
        Assert.Equal(pages.Where(page => page is >= 70 and < 140).Select(page => page - 70), _bench.DirtyPagesOf(IovaOf(70), 70));
        Assert.Equal(pages.Where(page => page >= 145).Select(page => page - 140), _bench.DirtyPagesOf(IovaOf(140), 105));
        Unpin(pages);
        Assert.Equal(pages, _bench.DirtyPagesOf(Start, 245));
        Assert.Empty(_bench.DirtyPagesOf(Start, 245));
    }

    [Fact]
    public void What_a_vendor_driver_moves_by_CPU_crosses_mappings_and_marks_what_it_wrote()
    {
        _bench.Dirty(VfioDirtyPagesBits.Start);
        _bench.DirtyPagesOf(Start, 245);
        byte[] data = [.. Enumerable.Range(0, 3 * 4096).Select(value => (byte)(value * 7))];
        ulong iova = IovaOf(68) + 0x800;

        Assert.Equal(Errno.None, _bench.Iommu.DmaReadWrite(_bench.Vmm, new Iova(iova), data, write: true));
        Assert.Equal([68, 69, 70, 71], _bench.DirtyPagesOf(Start, 245));

        byte[] memory = new byte[data.Length];
        _bench.Vmm.Mm!.Read(Type1Bench.Pages(68, 1).First.Plus(0x800), memory);
        Assert.Equal(data, memory);
        byte[] back = new byte[data.Length];
        Assert.Equal(Errno.None, _bench.Iommu.DmaReadWrite(_bench.Vmm, new Iova(iova), back, write: false));
        Assert.Equal(data, back);
        Assert.Empty(_bench.DirtyPagesOf(Start, 245));
    }

    [Fact]
    public void What_a_vendor_driver_moves_by_CPU_ends_where_nothing_is_mapped_and_is_not_for_another_process()
    {
        byte[] data = new byte[8192];

        Assert.Equal(Errno.EINVAL, _bench.Iommu.DmaReadWrite(_bench.Vmm, new Iova(IovaOf(139)), data, write: true));
        Assert.Equal(Errno.EFAULT, _bench.Iommu.DmaReadWrite(_bench.Other, new Iova(IovaOf(0)), data, write: false));
        Assert.Equal(Errno.None, _bench.Iommu.DmaReadWrite(null, new Iova(IovaOf(0)), data, write: false));
    }

    private static ulong IovaOf(ulong page) => Start + (page << Page.Shift);

    private void Pin(ulong[] pages) => Each(pages, iovas => Assert.Equal($"{iovas.Length}", _bench.Pin("mdev0", iovas)));

    private void Unpin(ulong[] pages) => Each(pages, iovas => Assert.Equal($"{iovas.Length}", _bench.Unpin("mdev0", iovas)));

    private static void Each(ulong[] pages, Action<ulong[]> act)
    {
        if (pages.Length > 0)
        {
            act([.. pages.Select(IovaOf)]);
        }
    }
}
