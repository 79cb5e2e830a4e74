using System.Runtime.CompilerServices;

namespace Iopf.Kernel;

/// <summary>What every function of the modeled kernel can reach: scheduler, clock, costs, counters and trace.</summary>
/// <param name="scheduler">Who runs the threads and hands out the locks.</param>
/// <param name="costs">What steps cost in virtual time.</param>
/// <param name="errata">Which defects of the posted code are on.</param>
public sealed class HostKernel(Scheduler scheduler, CostOptions costs, ErrataSet errata = default)
{
    /// <summary>Creates the services of a single-threaded run with default costs.</summary>
    public HostKernel()
        : this(new InlineScheduler(), new CostOptions())
    {
    }

    /// <summary>Who runs the threads and hands out the locks.</summary>
    public Scheduler Scheduler { get; } = scheduler;

    /// <summary>What steps cost in virtual time.</summary>
    public CostOptions Costs { get; } = costs;

    /// <summary>Which defects of the posted code are on.</summary>
    public ErrataSet Errata { get; } = errata;

    /// <summary>The virtual time.</summary>
    public VirtualClock Clock { get; } = new();

    /// <summary>What happened so far, in numbers.</summary>
    public Tally Tally { get; } = new();

    /// <summary>What happens, step by step, for those who listen.</summary>
    public Trace Trace { get; } = new();

    /// <summary>Whether the code does here what was posted, instead of what was meant.</summary>
    /// <param name="erratum">The defect.</param>
    /// <returns>Whether it is on.</returns>
    public bool IsPosted(Erratum erratum) => Errata.Contains(erratum);

    /// <summary>Reports one step to the trace; the text is not even built when nobody listens.</summary>
    /// <param name="layer">The layer the step happens in.</param>
    /// <param name="function">The kernel function, or the step of the hardware.</param>
    /// <param name="device">The device it concerns; empty if none.</param>
    /// <param name="iova">The device address it concerns, if any.</param>
    /// <param name="text">What happens, in the words of the field.</param>
    public void Step(
        TraceLayer layer,
        string function,
        string device,
        Iova? iova,
        [InterpolatedStringHandlerArgument("")] ref TraceText text) => Step(layer, function, device, iova, default, ref text);

    /// <summary>Reports one step that programs follow, too.</summary>
    /// <param name="layer">The layer the step happens in.</param>
    /// <param name="function">The kernel function, or the step of the hardware.</param>
    /// <param name="device">The device it concerns; empty if none.</param>
    /// <param name="iova">The device address it concerns, if any.</param>
    /// <param name="point">What it is to a program.</param>
    /// <param name="text">What happens, in the words of the field.</param>
    public void Step(
        TraceLayer layer,
        string function,
        string device,
        Iova? iova,
        in TracePoint point,
        [InterpolatedStringHandlerArgument("")] ref TraceText text)
    {
        if (Trace.IsOn)
        {
            Trace.Emit(new TraceEvent(
                Trace.Count, Clock.Now, Scheduler.Current.Name, layer, function, device, iova, point, text.ToStringAndClear()));
        }
        else
        {
            Trace.Skip();
        }
    }
}
