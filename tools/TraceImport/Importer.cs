using Iopf.Kernel;

namespace Iopf.TraceImport;

/// <summary>Turns the trace of a real machine into a scenario that runs.</summary>
public static class Importer
{
    /// <summary>The most steps a scenario gets.</summary>
    public const int StepsMax = 10_000;

    /// <summary>Reads a trace, a log or a memory layout.</summary>
    /// <param name="name">What it is called, for complaints.</param>
    /// <param name="lines">Its lines.</param>
    /// <returns>What it says, ready for a scenario.</returns>
    /// <exception cref="InputException">Nothing in it can be imported.</exception>
    public static ImportedTrace Read(string name, IEnumerable<string> lines)
    {
        ArgumentNullException.ThrowIfNull(lines);
        TraceLines traces = new();
        LayoutLines layout = new();
        int count = 0;
        foreach (string line in lines)
        {
            count++;
            traces.Read(line);
            layout.Read(line);
        }

        ImportedTrace found = traces.Result() ?? layout.Result() ?? throw new InputException($"{name}: nothing to import in {count} lines{Instead(traces)}");
        if (found.Steps.Count > StepsMax)
        {
            throw new InputException($"{name}: {found.Steps.Count} mappings and unmappings; at most {StepsMax} can be imported");
        }

        return FtraceShape.Of(found);
    }

    private static string Instead(TraceLines traces) =>
        traces.RefusedWithoutAddress is { } refused ? $": {refused}"
        : traces.HasDriverLines ? ": these are lines of an SMMUv3 driver, which iopf decode reads"
        : "; expected a QEMU vfio trace or log, an ftrace text of iommu:map and iommu:unmap, a vfio-user or DPDK log, info mtree, or /proc/iomem";
}
