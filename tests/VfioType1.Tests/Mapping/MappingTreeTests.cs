using Iopf.Iommu;
using Iopf.Kernel;
using Iopf.Schedulers;
using Iopf.VfioType1.Tests.Groups;

namespace Iopf.VfioType1.Tests.Mapping;

public sealed class MappingTreeTests
{
    private const int Slots = 700;
    private readonly GroupWorld _world = new();

    // Many more than the 64 that share a sample, coming and going at both ends and in between.
    [Fact]
    public void Mappings_are_found_by_their_first_last_and_no_other_byte_however_they_come_and_go()
    {
        MappingTree tree = new();
        Dictionary<int, DmaMapping> expected = [];
        Lots lots = new(7);
        for (int round = 0; round < 4_000; round++)
        {
            int slot = lots.Below(Slots);
            if (expected.Remove(slot, out DmaMapping? known))
            {
                tree.Remove(known);
            }
            else
            {
                DmaMapping mapping = MappingOf(slot);
                expected.Add(slot, mapping);
                tree.Add(mapping);
            }

            RequireSame(tree, expected, lots.Below(Slots));
        }

        Assert.Equal(expected.Count, tree.Count);
        for (int slot = 0; slot < Slots; slot++)
        {
            RequireSame(tree, expected, slot);
        }

        foreach (DmaMapping mapping in expected.Values)
        {
            tree.Remove(mapping);
        }

        Assert.Null(tree.Find(new Iova(0)));
    }

    private static ulong IovaOf(int slot) => (ulong)(slot + 1) * 4 * Page.Size;

    private static void RequireSame(MappingTree tree, Dictionary<int, DmaMapping> expected, int slot)
    {
        DmaMapping? mapping = expected.GetValueOrDefault(slot);
        ulong first = IovaOf(slot);
        Assert.Same(mapping, tree.Find(new Iova(first)));
        Assert.Same(mapping, tree.Find(new Iova(first + Page.Size - 1)));
        Assert.Null(tree.Find(new Iova(first - 1)));
        Assert.Null(tree.Find(new Iova(first + Page.Size)));
    }

    private DmaMapping MappingOf(int slot) =>
        new(new Iova(IovaOf(slot)), new UserAddress(0x5000_0000), IommuProt.Read, _world.Vmm, _world.Vmm.Mm!, hasLockCap: false) { Size = Page.Size };
}
