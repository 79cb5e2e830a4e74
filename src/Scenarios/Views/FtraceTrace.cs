using System.Globalization;
using Iopf.Kernel;

namespace Iopf.Views;

/// <summary>A trace in the text format of Linux's tracing, so that tools and eyes trained on it can read the model.</summary>
/// <remarks>
/// Kernel: the lines of <c>/sys/kernel/tracing/trace</c> with the events <c>iommu:map</c>, <c>iommu:unmap</c>, <c>iommu:io_page_fault</c>,
/// <c>iommu:attach_device_to_domain</c> and <c>iommu:detach_device_from_domain</c> as Linux prints them. Steps that Linux has no event for are
/// called after their function. Time is virtual; every kernel thread gets a number in the order of its first step, and all run on CPU 0.
/// </remarks>
public static class FtraceTrace
{
    private const int FlagsWidth = 5;
    private const int TaskWidth = 16;
    private const int TimeWidth = 12;

    /// <summary>The lines of a trace: the header of ftrace, then the steps.</summary>
    /// <param name="events">The steps, in order.</param>
    /// <returns>The lines, without line breaks.</returns>
    public static IEnumerable<string> Lines(IReadOnlyList<TraceEvent> events)
    {
        ArgumentNullException.ThrowIfNull(events);
        yield return "# tracer: nop";
        yield return "#";
        yield return $"# entries-in-buffer/entries-written: {events.Count}/{events.Count}   #P:1";
        yield return "#";
        yield return "#                                _-----=> irqs-off/BH-disabled";
        yield return "#                               / _----=> need-resched";
        yield return "#                              | / _---=> hardirq/softirq";
        yield return "#                              || / _--=> preempt-depth";
        yield return "#                              ||| / _-=> migrate-disable";
        yield return "#                              |||| /     delay";
        yield return "#           TASK-PID     CPU#  |||||  TIMESTAMP  FUNCTION";
        yield return "#              | |         |   |||||     |         |";
        Dictionary<string, int> tasks = [];
        foreach (TraceEvent step in events)
        {
            if (!tasks.TryGetValue(step.Thread, out int pid))
            {
                pid = tasks.Count + 1;
                tasks.Add(step.Thread, pid);
            }

            string flags = new('.', FlagsWidth);
            string task = Task(step.Thread).PadLeft(TaskWidth);
            string number = pid.ToString(CultureInfo.InvariantCulture).PadRight(7);
            yield return $"{task}-{number} [000] {flags} {Seconds(step).PadLeft(TimeWidth)}: {Event(step)}";
        }
    }

    // TASK_COMM_LEN leaves room for 15 characters.
    private static string Task(string thread) => thread.Length <= 15 ? thread : thread[..15];

    private static string Seconds(in TraceEvent step) =>
        string.Create(CultureInfo.InvariantCulture, $"{step.Nanoseconds / 1_000_000_000}.{step.Nanoseconds / 1000 % 1_000_000:d6}");

    private static string Event(in TraceEvent step)
    {
        TracePoint point = step.Point;
        ulong first = step.Iova?.Value ?? 0;
        return point.Kind switch
        {
            TracePointKind.Map =>
                $"map: IOMMU: iova=0x{first:x16} - 0x{first + point.Size:x16} paddr=0x{point.PhysicalAddress:x16} size={point.Size}",
            TracePointKind.Unmap =>
                $"unmap: IOMMU: iova=0x{first:x16} - 0x{first + point.Size:x16} size={point.Size} unmapped_size={point.Done}",
            TracePointKind.FaultReported =>
                $"io_page_fault: IOMMU:arm-smmu-v3 {step.Device} iova=0x{first:x16} flags=0x{(point.IsWrite ? 1 : 0):x4}",
            TracePointKind.Attach => $"attach_device_to_domain: IOMMU: device={step.Device}",
            TracePointKind.Detach => $"detach_device_from_domain: IOMMU: device={step.Device}",
            _ => $"{step.Function}: {Where(step)}{step.Text.ReplaceLineEndings(" ")}",
        };
    }

    private static string Where(in TraceEvent step) =>
        (step.Device.Length == 0 ? "" : $"{step.Device} ") + (step.Iova is Iova iova ? $"iova={iova} " : "");
}
