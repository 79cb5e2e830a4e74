using System.Globalization;
using Iopf.Kernel;

namespace Iopf.Views;

/// <summary>Who speaks to whom, in order: what the pictures of a sequence of steps are drawn from.</summary>
/// <param name="Title">What it shows.</param>
/// <param name="Participants">Who takes part, from left to right.</param>
/// <param name="Messages">What is said, from top to bottom.</param>
public sealed record SequenceDiagram(string Title, IReadOnlyList<string> Participants, IReadOnlyList<SequenceMessage> Messages)
{
    private static readonly string[] LayerNames =
        ["user space", "", "", "SMMU driver", "iommu core", "VFIO", "type1", "host memory"];

    /// <summary>The diagram of one fault: its DMA, its stall, and everything done about it until the DMA ends or stalls anew.</summary>
    /// <param name="events">The trace.</param>
    /// <param name="fault">The fault.</param>
    /// <returns>The diagram.</returns>
    public static SequenceDiagram Of(IReadOnlyList<TraceEvent> events, FaultFlow fault)
    {
        ArgumentNullException.ThrowIfNull(events);
        ArgumentNullException.ThrowIfNull(fault);
        int first = fault.Dma >= 0 ? fault.Dma : fault.Steps[0];
        TraceEvent stall = events[fault.Steps[0]];
        string title = string.Create(
            CultureInfo.InvariantCulture, $"fault {fault.Number}: {fault.Smmu} sid 0x{stall.Point.StreamId:x} iova {stall.Iova} stag 0x{fault.Tag:x}");
        return Of(title, [.. Around(events, fault, first)]);
    }

    /// <summary>The diagram of some steps.</summary>
    /// <param name="title">What it shows.</param>
    /// <param name="steps">The steps.</param>
    /// <returns>The diagram.</returns>
    public static SequenceDiagram Of(string title, IReadOnlyList<TraceEvent> steps)
    {
        ArgumentNullException.ThrowIfNull(steps);
        SortedDictionary<(TraceLayer Layer, string Name), int> found = [];
        foreach (TraceEvent step in steps)
        {
            found[(step.Layer, NameOf(step))] = 0;
        }

        List<SequenceMessage> messages = [];
        string? before = null;
        long time = steps.Count == 0 ? 0 : steps[0].Nanoseconds;
        foreach (TraceEvent step in steps)
        {
            string name = NameOf(step);
            messages.Add(new SequenceMessage(before ?? name, name, step.Function, step.Text, step.Nanoseconds, step.Nanoseconds - time));
            (before, time) = (name, step.Nanoseconds);
        }

        return new SequenceDiagram(title, [.. found.Keys.Select(key => key.Name)], messages);
    }

    private static string NameOf(in TraceEvent step) =>
        step.Layer is TraceLayer.Device or TraceLayer.Smmu ? step.Device : LayerNames[(int)step.Layer];

    // Steps of other devices that run in between are not part of the story.
    private static IEnumerable<TraceEvent> Around(IReadOnlyList<TraceEvent> events, FaultFlow fault, int first)
    {
        string device = fault.Device.Length > 0 ? fault.Device : fault.Dma >= 0 ? events[fault.Dma].Device : "";
        int end = fault.Steps[^1];
        for (int index = first; index < events.Count; index++)
        {
            TraceEvent step = events[index];
            bool isOver = index > end && (step.Point.Kind is TracePointKind.Stall or TracePointKind.DmaBegin || step.Layer == TraceLayer.User);
            if (isOver && fault.IsEnded)
            {
                yield break;
            }

            if (step.Device.Length == 0 || step.Device == device || step.Device == fault.Smmu)
            {
                yield return step;
            }

            if (index > end && step.Point.Kind == TracePointKind.DmaEnd && step.Device == device)
            {
                yield break;
            }
        }
    }
}
