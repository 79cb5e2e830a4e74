using Iopf.Iommu;
using Iopf.Kernel;
using Iopf.VfioType1;

namespace AdaptiveWindow;

/// <summary>A pre-map window that doubles while faults of a container go on where one of the last ended, and halves after an invalidation.</summary>
/// <remarks>
/// The port is asked at each fault and never hears of invalidations, so the window follows the trace. It is a stateful answer: one for each host.
/// </remarks>
public sealed class AdaptiveWindow : IFaultWindow
{
    private readonly Dictionary<Type1Container, AdaptiveLength> _lengths = [];

    /// <summary>Makes the window of a host and follows the host's trace.</summary>
    public AdaptiveWindow(HostKernel kernel) => kernel.Trace.Follow((in TraceStep step) =>
    {
        if (step.Function == "mn_invalidate_range")
        {
            foreach (AdaptiveLength length in _lengths.Values)
            {
                length.Invalidated();
            }
        }
    });

    /// <inheritdoc/>
    public IovaRange Plan(Type1Container container, DmaMapping mapping, Iova page, IovaRange scope, IommuProt access)
    {
        if (!_lengths.TryGetValue(container, out AdaptiveLength? length))
        {
            _lengths.Add(container, length = new AdaptiveLength());
        }

        IovaRange window = Windows.From(page, (ulong)length.Next(page.PageNumber), mapping, scope);
        length.Mapped(page.PageNumber, window.PageCount);
        return window;
    }
}
