using System.Text.RegularExpressions;
using Iopf.Kernel;
using Iopf.Views;

namespace Iopf.Scenarios.Tests.Views;

public sealed partial class FtraceTests
{
    [Fact]
    public void Kernel_events_have_the_names_and_fields_of_Linux()
    {
        Assert.Equal("map: IOMMU: iova=0x0000000000100000 - 0x0000000000104000 paddr=0x0000000000116000 size=16384", Line(
            new TracePoint(TracePointKind.Map) { PhysicalAddress = 0x116000, Size = 0x4000, Done = 0x4000 }));
        Assert.Equal("unmap: IOMMU: iova=0x0000000000100000 - 0x0000000000104000 size=16384 unmapped_size=4096", Line(
            new TracePoint(TracePointKind.Unmap) { Size = 0x4000, Done = 0x1000 }));
        Assert.Equal("io_page_fault: IOMMU:arm-smmu-v3 nic0 iova=0x0000000000100000 flags=0x0001", Line(
            new TracePoint(TracePointKind.FaultReported) { IsWrite = true }));
        Assert.Equal("attach_device_to_domain: IOMMU: device=nic0", Line(new TracePoint(TracePointKind.Attach)));
        Assert.Equal("detach_device_from_domain: IOMMU: device=nic0", Line(new TracePoint(TracePointKind.Detach)));
    }

    [Fact]
    public void Time_is_in_seconds_and_microseconds_and_threads_are_tasks_with_numbers()
    {
        string[] lines = [.. FtraceTrace.Lines([Step("irq/smmu0-evtq-long", 12_345_678_901, default), Step("vmm", 1, default), Step("vmm", 2, default)])];

        Assert.Equal(" irq/smmu0-evtq--1       [000] .....    12.345678: f: nic0 iova=0x100000 words", lines[^3]);
        Assert.StartsWith("             vmm-2 ", lines[^1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("first-fault")]
    [InlineData("nested-guest-fault")]
    public void Every_line_has_the_columns_that_readers_of_ftrace_expect(string scenario) => Assert.All(
        Looks.At(scenario).As("ftrace").TrimEnd().Split('\n').SkipWhile(line => line.StartsWith('#')),
        line => Assert.Matches(Columns(), line));

    private static string Line(TracePoint point) => FtraceTrace.Lines([Step("vmm", 0, point)]).Last().Split(": ", 2)[1];

    private static TraceEvent Step(string thread, long time, TracePoint point) =>
        new(0, time, thread, TraceLayer.IommuCore, "f", "nic0", new Iova(0x100000), point, "words");

    [GeneratedRegex(@"^ *\S.*-\d+ +\[\d{3}\] [.]{5} +\d+\.\d{6}: \w+: .*$")]
    private static partial Regex Columns();
}
