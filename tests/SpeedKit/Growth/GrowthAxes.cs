namespace Iopf.SpeedKit.Growth;

/// <summary>Along what the cost of a fault and of an invalidation is counted.</summary>
public static class GrowthAxes
{
    private const int Window = 512;
    private const int MostPages = 1 << 22;
    private const int RangePages = 1 << 20;
    private const int PagesInRange = 64;
    private const int MostFaults = 64;

    // The kernel gives a container no more mappings than that.
    private const int MostMappings = 65_535;

    /// <summary>All of them, in the order of the tables.</summary>
    public static IReadOnlyList<GrowthAxis> All { get; } =
    [
        new("fault-pages", "a fault", "pages mapped before", "a mapping of 16 GiB, nothing idle", [1_024, 10_240, 102_400, 1_024_000, MostPages], FaultAmongPages),
        new("fault-size", "a fault", "pages of the mapping", "one page mapped before, nothing idle", [10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000], FaultInMapping),
        new("fault-idle", "a fault", "idle containers, each with a device", "one page mapped before, in a mapping of 2 MiB", [1, 10, 100, 1_000, 10_000], FaultBesideIdle),
        new("fault-mappings", "a fault", "mappings of the container", "mappings of one page; the dearest of up to 64 faults all over them", [10, 100, 1_000, 10_000, MostMappings], FaultAmongMappings),
        new("invalidation-pages", "an invalidation", "pages mapped in the range", "a range of 4 GiB, every other page mapped from its start on", [1, 10, 100, 1_000, 10_000, 100_000], static pages => DropOf(RangePages, pages))
        {
            IsProportional = true,
        },
        new("invalidation-range", "an invalidation", "pages of the range", "64 pages mapped in it, every other from its start on", [1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000], static pages => DropOf(pages, PagesInRange)),
    ];

    // Windows are quick; the page between those that come first and those that follow is still a fault of its own.
    private static OperationCounts FaultAmongPages(int pages)
    {
        using AssignedDevice device = new(MostPages + Window, Window, counts: true);
        device.Map();
        int between = pages / 2;
        for (int page = 0; page < between; page += Window)
        {
            device.Write(page);
            device.Write(between + 1 + page);
        }

        return device.CostOf(() => device.Write(between));
    }

    private static OperationCounts FaultInMapping(int pages)
    {
        using AssignedDevice device = new(pages, premap: 1, counts: true);
        return SecondFault(device);
    }

    private static OperationCounts FaultBesideIdle(int containers)
    {
        using AssignedDevice device = new(Window, premap: 1, idleDevices: containers, counts: true);
        return SecondFault(device);
    }

    // The first makes the tables.
    private static OperationCounts SecondFault(AssignedDevice device)
    {
        device.Map();
        device.Write(0);
        return device.CostOf(() => device.Write(1));
    }

    private static OperationCounts FaultAmongMappings(int mappings)
    {
        using AssignedDevice device = new(mappings, premap: 1, counts: true);
        device.MapEachPage(mappings);
        int faults = Math.Min(mappings / 2, MostFaults);
        return Enumerable.Range(0, faults).Select(fault => FaultBesideNext(device, (int)((long)mappings * fault / faults) & ~1))
            .MaxBy(static cost => cost.Comparisons);
    }

    // The next mapping, whose fault makes the tables, shares them as the mapping's place is even.
    private static OperationCounts FaultBesideNext(AssignedDevice device, int mapping)
    {
        device.WriteMapping(mapping + 1);
        return device.CostOf(() => device.WriteMapping(mapping));
    }

    private static OperationCounts DropOf(int pages, int mapped)
    {
        using AssignedDevice device = new(pages, premap: 1, counts: true);
        device.Map();
        for (int page = 0; page < mapped; page++)
        {
            device.Write(page * 2);
        }

        return device.CostOf(device.DropPages);
    }
}
