using Iopf.Kernel;

namespace Iopf.Views;

/// <summary>One fault's way through a trace: from the DMA that met it to the retry.</summary>
/// <param name="number">Its number in the trace, from 1.</param>
/// <param name="smmu">The SMMU that stalled the transaction.</param>
/// <param name="tag">The STAG of the stall.</param>
/// <param name="dma">Where the DMA begins: a position in the trace; -1 if that is not in it.</param>
public sealed class FaultFlow(int number, string smmu, uint tag, int dma)
{
    private readonly List<int> _steps = [];

    /// <summary>Its number in the trace, from 1.</summary>
    public int Number => number;

    /// <summary>The SMMU that stalled the transaction.</summary>
    public string Smmu => smmu;

    /// <summary>The STAG of the stall.</summary>
    public uint Tag => tag;

    /// <summary>Where the DMA begins: a position in the trace; -1 if that is not in it.</summary>
    public int Dma => dma;

    /// <summary>The positions in the trace of its steps, in order: stall, event, its reading, report, handling, answer, resume.</summary>
    public IReadOnlyList<int> Steps => _steps;

    /// <summary>The device, as its driver names it; empty until the driver has read the event.</summary>
    public string Device { get; private set; } = "";

    /// <summary>Whether the stall has ended.</summary>
    public bool IsEnded { get; private set; }

    /// <summary>The flows of a trace.</summary>
    /// <param name="events">The steps, in order.</param>
    /// <returns>One for each stall, in the order of the stalls.</returns>
    public static IReadOnlyList<FaultFlow> In(IReadOnlyList<TraceEvent> events)
    {
        ArgumentNullException.ThrowIfNull(events);
        List<FaultFlow> flows = [];
        Dictionary<(string Smmu, uint Tag), FaultFlow> held = [];
        Dictionary<(string Device, uint Tag), FaultFlow> read = [];
        Dictionary<uint, int> running = [];
        for (int index = 0; index < events.Count; index++)
        {
            TraceEvent step = events[index];
            TracePoint point = step.Point;
            if (point.Kind == TracePointKind.DmaBegin)
            {
                running[point.StreamId] = index;
            }

            if (point.Tag is not uint tag)
            {
                continue;
            }

            FaultFlow? flow = null;
            switch (point.Kind)
            {
                case TracePointKind.Stall:
                    flow = new FaultFlow(flows.Count + 1, step.Device, tag, running.GetValueOrDefault(point.StreamId, -1));
                    flows.Add(flow);
                    held[(step.Device, tag)] = flow;
                    break;
                case TracePointKind.EventRead when held.TryGetValue((point.Smmu!, tag), out flow):
                    flow.Device = step.Device;
                    read[(step.Device, tag)] = flow;
                    break;
                case TracePointKind.EventRecorded:
                    held.TryGetValue((step.Device, tag), out flow);
                    break;
                case TracePointKind.Resume when held.Remove((step.Device, tag), out flow):
                    flow.IsEnded = true;
                    break;
                default:
                    read.TryGetValue((step.Device, tag), out flow);
                    break;
            }

            flow?._steps.Add(index);
        }

        return flows;
    }
}
