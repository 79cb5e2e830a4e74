using Iopf.Kernel;
using Iopf.Machine;
using Iopf.Patches;

namespace Iopf.Scenarios.Tests.Views;

public sealed class StateTests
{
    [Fact]
    public void Fault_maps_one_cell_and_leaves_it_free_to_move()
    {
        MappingState mapping = Looks.At("first-fault").States[8].Containers[0].Mappings[0];

        Assert.Equal([PageCell.Mapped, PageCell.Unmapped, PageCell.Unmapped, PageCell.Unmapped], mapping.Cells);
        Assert.Equal([IovaRange.OfPages(new Iova(0x100000), 1)], mapping.FaultMapped);
        Assert.True(mapping.IsOnDemand);
    }

    [Fact]
    public void Without_the_series_every_cell_is_mapped_and_pinned()
    {
        HostState state = StateAfterMap(PatchSet.None, "first-fault");

        Assert.All(state.Containers[0].Mappings[0].Cells, cell => Assert.Equal(PageCell.MappedPinned, cell));
        Assert.Equal((false, 4), (state.Containers[0].Mappings[0].IsOnDemand, state.LockedVm));
    }

    [Fact]
    public void Pages_that_a_vendor_driver_pins_are_named()
    {
        IReadOnlyList<HostState> states = Looks.At("mediated-device").States;

        Assert.Contains(states, state => state.Containers.Any(container => container.Mappings.Any(mapping =>
            mapping.VendorPinned.Count > 0 && mapping.Cells.Contains(PageCell.Pinned))));
    }

    [Fact]
    public void Tables_of_a_device_lead_from_the_first_level_to_the_pages()
    {
        HostState state = Looks.At("first-fault").States[8];

        Assert.Equal([0, 1, 2, 3], state.Streams[0].Tables.Select(table => table.Level));
        Assert.Equal([0x100000ul], state.Streams[0].Leaves.Select(leaf => leaf.Input));
    }

    [Fact]
    public void Large_mapping_has_cells_of_many_pages_and_shows_the_page_that_has_most()
    {
        const string Text = """
            {"name": "large", "about": "x", "machine": {"devices": [{"name": "nic0", "stream_id": "0x10", "group": 1}], "processes": [{"name": "vmm"}]},
             "steps": [{"op": "mmap", "addr": "0x10000000", "size": "0x8000000"}, {"op": "open_container"}, {"op": "open_group", "group": 1},
              {"op": "set_container", "group": 1}, {"op": "set_iommu"}, {"op": "enable_iopf"},
              {"op": "map_dma", "iova": "0x0", "size": "0x8000000", "vaddr": "0x10000000"},
              {"op": "dma", "device": "nic0", "iova": "0x9000", "len": 1}]}
            """;
        List<HostState> states = [];
        ScenarioRun.Execute(new RunRequest(
            ScenarioFile.Parse("large", Text), PatchSet.All, new Dictionary<string, string> { ["Premap:Length"] = "1" }, Seed: 0, Trace: null)
        {
            AfterOperation = (index, host) => states.Add(HostState.Of("", host, withTables: false)),
        });

        MappingState mapping = states[^1].Containers[0].Mappings[0];
        Assert.Equal((8ul, 4096), (mapping.PagesPerCell, mapping.Cells.Count));
        Assert.Equal((PageCell.Unmapped, PageCell.Mapped, PageCell.Unmapped), (mapping.Cells[0], mapping.Cells[1], mapping.Cells[2]));
    }

    private static HostState StateAfterMap(PatchSet patches, string scenario)
    {
        HostState? state = null;
        ScenarioRun.Execute(new RunRequest(ScenarioFile.Load(scenario), patches, new Dictionary<string, string>(), Seed: 0, Trace: null)
        {
            AfterOperation = (index, host) => state = index == 7 ? HostState.Of("", host) : state,
        });
        return state!;
    }
}
