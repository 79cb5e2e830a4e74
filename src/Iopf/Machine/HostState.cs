using Iopf.ArmSmmuV3.Hardware;
using Iopf.Iommu;
using Iopf.Kernel;
using Iopf.VfioType1;

namespace Iopf.Machine;

/// <summary>What devices can reach on a host at one moment: containers with their mappings, and the tables of every stream.</summary>
/// <param name="Moment">When.</param>
/// <param name="LockedVm">Pages accounted as locked, all processes together.</param>
/// <param name="Containers">The containers that type1 serves.</param>
/// <param name="Streams">The translation tables, device by device.</param>
public sealed record HostState(string Moment, long LockedVm, IReadOnlyList<ContainerState> Containers, IReadOnlyList<StreamTables> Streams)
{
    /// <summary>How many cells a mapping gets at most.</summary>
    public const ulong CellsMax = 4096;

    /// <summary>Looks at a host; nothing of it changes.</summary>
    /// <param name="moment">When that is, in words.</param>
    /// <param name="host">The host.</param>
    /// <param name="withTables">Whether the translation tables are read, too.</param>
    /// <returns>Its state.</returns>
    public static HostState Of(string moment, ModeledHost host, bool withTables = true)
    {
        ArgumentNullException.ThrowIfNull(host);
        return new HostState(
            moment,
            host.LockedVm,
            [.. host.Type1.Open.Select(container => Container(host, container))],
            withTables ? [.. host.ReadTables()] : []);
    }

    private static ContainerState Container(ModeledHost host, Type1Container container)
    {
        List<MappingState> mappings = [];
        foreach (DmaMapping mapping in container.Mappings)
        {
            if (mapping.Size > 0)
            {
                mappings.Add(Mapping(host, container, mapping));
            }
        }

        return new ContainerState(container.ToString(), container.IsIopfEnabled, mappings);
    }

    private static MappingState Mapping(ModeledHost host, Type1Container container, DmaMapping mapping)
    {
        ulong pages = mapping.Size >> Page.Shift;
        ulong perCell = 1;
        while ((pages + perCell - 1) / perCell > CellsMax)
        {
            perCell *= 2;
        }

        PageCell[] cells = new PageCell[(pages + perCell - 1) / perCell];
        List<IovaRange> faulted = [];
        List<IovaRange> pinned = [];
        for (ulong page = 0; page < pages; page++)
        {
            Iova iova = mapping.IovaOfPage(page);
            PageCell cell = CellOf(host, container.FirstDomain?.Domain, mapping, iova);
            ref PageCell shared = ref cells[page / perCell];
            shared = Rank(cell) > Rank(shared) ? cell : shared;
            Extend(faulted, mapping.MappedPages[page], iova);
            Extend(pinned, mapping.ExternalPins.Contains(iova), iova);
        }

        return new MappingState(
            mapping.Iova, mapping.Size, mapping.Vaddr.Value, mapping.Mm.Name, mapping.IsOnDemand, perCell, cells, faulted, pinned);
    }

    private static PageCell CellOf(ModeledHost host, IommuDomain? domain, DmaMapping mapping, Iova iova)
    {
        bool isHeld = mapping.ExternalPins.Contains(iova);
        if (domain?.IovaToPhysical(iova) is not ulong address || domain.ProtOf(iova) is null)
        {
            return isHeld ? PageCell.Pinned : PageCell.Unmapped;
        }

        return isHeld || host.Memory.PinCountOf(new Pfn(address >> Page.Shift)) > 0 ? PageCell.MappedPinned : PageCell.Mapped;
    }

    private static int Rank(PageCell cell) => cell switch
    {
        PageCell.Unmapped => 0,
        PageCell.Mapped => 1,
        PageCell.Pinned => 2,
        _ => 3,
    };

    private static void Extend(List<IovaRange> runs, bool isIn, Iova page)
    {
        if (!isIn)
        {
            return;
        }

        if (runs.Count > 0 && runs[^1].Last.Value + 1 == page.Value)
        {
            runs[^1] = IovaRange.OfLength(runs[^1].First, page.Value - runs[^1].First.Value + Page.Size);
            return;
        }

        runs.Add(IovaRange.OfLength(page, Page.Size));
    }
}
