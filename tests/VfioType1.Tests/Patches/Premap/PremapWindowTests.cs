using FsCheck;
using FsCheck.Fluent;
using Iopf.Iommu;
using Iopf.Kernel;
using Iopf.VfioType1.Patches.Premap;
using Iopf.VfioType1.Tests.FaultHandling;
using Microsoft.Extensions.Options;

namespace Iopf.VfioType1.Tests.Patches.Premap;

public sealed class PremapWindowTests
{
    private const int MappingPages = 48;

    [Fact]
    public void The_window_starts_at_the_faulting_page_and_is_as_long_as_the_option_says() =>
        Assert.Equal(Pages(5, 8), Plan(length: 8, page: 5));

    [Fact]
    public void The_end_of_the_mapping_ends_it() => Assert.Equal(Pages(45, 3), Plan(length: 8, page: 45));

    [Fact]
    public void The_end_of_the_scope_ends_it() => Assert.Equal(Pages(5, 2), Plan(length: 8, page: 5, scope: Pages(4, 3)));

    [Fact]
    public void A_page_that_is_mapped_ends_it() => Assert.Equal(Pages(5, 3), Plan(length: 8, page: 5, mapped: [2, 8, 9]));

    [Fact]
    public void One_page_asks_for_no_more() => Assert.Equal(Pages(5, 1), Plan(length: 1, page: 5));

    [Fact]
    public void A_page_mapped_for_reading_ends_the_window_of_a_read_and_not_of_a_write()
    {
        Assert.Equal(Pages(5, 3), Plan(length: 8, page: 5, mapped: [8], granted: IommuProt.Read));
        Assert.Equal(Pages(5, 8), Plan(length: 8, page: 5, mapped: [8], granted: IommuProt.Read, access: IommuProt.Write));
    }

    [Fact]
    public void A_page_that_a_vendor_driver_holds_ends_it_whatever_its_access()
    {
        FaultWorld world = new();
        DmaMapping mapping = world.AddMapping(0, MappingPages);
        world.MapPages(mapping, 8, 1, IommuProt.Read);
        mapping.HeldPages.Set(8, 1);

        Assert.Equal(Pages(5, 3), Window(8).Plan(world.Container, mapping, FaultWorld.IovaAt(5), IovaRange.All, IommuProt.Write));
    }

    [Fact]
    public void A_mapping_at_the_end_of_the_iova_space_is_planned_to_its_last_page()
    {
        FaultWorld world = new();
        Iova first = new(ulong.MaxValue - (4 << Page.Shift) + 1);
        DmaMapping mapping = new(first, FaultWorld.VaddrAt(0), FaultWorld.ReadWrite, world.Owner, world.Owner.Mm!, hasLockCap: false)
        {
            Size = 4 << Page.Shift,
        };

        IovaRange window = Window(512).Plan(world.Container, mapping, first.PlusPages(1), IovaRange.All, IommuProt.Read);

        Assert.Equal(new IovaRange(first.PlusPages(1), new Iova(ulong.MaxValue)), window);
    }

    [Fact]
    public void The_window_is_the_longest_run_of_missing_pages_that_length_mapping_and_scope_allow()
    {
        Gen<Fault> faults =
            from length in Gen.Choose(1, 64)
            from page in Gen.Choose(0, MappingPages - 1)
            from scopeFirst in Gen.Choose(0, page)
            from scopeLast in Gen.Choose(page, MappingPages + 10)
            from mapped in Gen.SubListOf(Enumerable.Range(0, MappingPages))
            from density in Gen.Choose(1, 12)
            select new Fault(length, page, scopeFirst, scopeLast, [.. mapped.Where(other => other != page && other % density == 0)]);

        Check.One(Config.QuickThrowOnFailure.WithMaxTest(500), Prop.ForAll(faults.ToArbitrary(), IsLongestRun));
    }

    private static bool IsLongestRun(Fault fault)
    {
        IovaRange scope = Pages((ulong)fault.ScopeFirst, (ulong)(fault.ScopeLast - fault.ScopeFirst + 1));
        IovaRange window = Plan(fault.Length, (ulong)fault.Page, scope, fault.Mapped);

        bool MayBelong(int page) => page < MappingPages && page <= fault.ScopeLast && !fault.Mapped.Contains(page);
        int count = (int)window.PageCount;
        return window.First == FaultWorld.IovaAt((ulong)fault.Page)
            && window.Length == (ulong)count << Page.Shift
            && count <= fault.Length
            && Enumerable.Range(fault.Page, count).All(MayBelong)
            && (count == fault.Length || !MayBelong(fault.Page + count));
    }

    private static IovaRange Plan(
        int length,
        ulong page,
        IovaRange? scope = null,
        IReadOnlyList<int>? mapped = null,
        IommuProt granted = FaultWorld.ReadWrite,
        IommuProt access = IommuProt.Read)
    {
        FaultWorld world = new();
        DmaMapping mapping = world.AddMapping(0, MappingPages);
        foreach (int other in mapped ?? [])
        {
            world.MapPages(mapping, (ulong)other, 1, granted);
        }

        return Window(length).Plan(world.Container, mapping, FaultWorld.IovaAt(page), scope ?? IovaRange.All, access);
    }

    private static PremapWindow Window(int length) => new(new HostKernel(), Options.Create(new PremapOptions { Length = length }));

    private static IovaRange Pages(ulong first, ulong count) => IovaRange.OfPages(FaultWorld.IovaAt(first), count);

    private sealed record Fault(int Length, int Page, int ScopeFirst, int ScopeLast, IReadOnlyList<int> Mapped);
}
