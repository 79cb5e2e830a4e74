using Iopf.Kernel;
using Iopf.Views;

namespace Iopf.Scenarios.Tests.Views;

public sealed class TextTraceTests
{
    [Fact]
    public void Steps_are_aligned_and_indented_by_layer()
    {
        TraceEvent[] events =
        [
            Step(0, TraceLayer.Device, "dma", "nic", 0x1000, "write 4 bytes"),
            Step(1_500, TraceLayer.Smmu, "translate", "nic", 0x1000, "no translation"),
            Step(12_000, TraceLayer.Type1, "vfio_iommu_type1_dma_map_iopf", "nic", 0x1000, "page 1"),
            Step(12_001, TraceLayer.Mm, "pin", "", null, "pinned"),
        ];

        Assert.Equal(
            [
                "time us  thread  function                             device  iova    what happens",
                "",
                "  0.000  user     dma                                 nic     0x1000  write 4 bytes",
                "  1.500  user      translate                          nic     0x1000  no translation",
                " 12.000  user          vfio_iommu_type1_dma_map_iopf  nic     0x1000  page 1",
                " 12.001  user           pin                                           pinned",
            ],
            TextTrace.Lines(events));
    }

    [Fact]
    public void A_dma_starts_a_paragraph_and_its_end_belongs_to_it()
    {
        TraceEvent[] events =
        [
            Dma(0, 0x1000),
            Step(1, TraceLayer.Smmu, "translate", "nic", 0x1000, ""),
            Step(2, TraceLayer.Device, "read", "nic", 0x1000, ""),
            Dma(3, 0x1000),
            Dma(4, 0x2000),
        ];

        Assert.Equal([1, 5, 7], TextTrace.Lines(events).Index().Where(line => line.Item is "").Select(line => line.Index));
    }

    [Fact]
    public void A_call_from_user_space_starts_a_paragraph_too()
    {
        TraceEvent[] events =
        [
            Dma(0, 0x1000),
            Step(1, TraceLayer.User, "ioctl", "", null, ""),
            Step(2, TraceLayer.User, "ioctl", "", null, ""),
        ];

        Assert.Equal([1, 3], TextTrace.Lines(events).Index().Where(line => line.Item is "").Select(line => line.Index));
    }

    [Fact]
    public void No_line_is_longer_than_120_columns_and_long_words_go_on_below()
    {
        TraceEvent[] events =
        [
            Step(long.MaxValue, TraceLayer.Mm, new string('f', 200), new string('d', 200), ulong.MaxValue, new string('w', 40) + "\nmore"),
            Step(0, TraceLayer.Mm, "f", "d", 0, "words"),
        ];

        string[] lines = [.. TextTrace.Lines(events)];

        Assert.All(lines, line => Assert.InRange(line.Length, 0, TextTrace.Width));
        Assert.Equal(40, string.Concat(lines[2..^1]).Count(c => c == 'w'));
        Assert.EndsWith(" more", lines[^2], StringComparison.Ordinal);
        Assert.All(lines, line => Assert.DoesNotContain('\n', line));
    }

    [Fact]
    public void An_empty_trace_is_only_a_header() => Assert.Single(TextTrace.Lines([]));

    private static TraceEvent Dma(long nanoseconds, ulong iova) =>
        Step(nanoseconds, TraceLayer.Device, "read", "nic", iova, "") with { Point = new TracePoint(TracePointKind.DmaBegin) };

    private static TraceEvent Step(long nanoseconds, TraceLayer layer, string function, string device, ulong? iova, string text) =>
        new(0, nanoseconds, "user", layer, function, device, iova is ulong address ? new Iova(address) : null, default, text);
}
