using System.Runtime.CompilerServices;

namespace Iopf.Kernel;

/// <summary>What every function of the modeled kernel can reach: scheduler, clock, costs, counters and trace.</summary>
/// <param name="scheduler">Who runs the threads and hands out the locks.</param>
/// <param name="costs">What steps cost in virtual time.</param>
/// <param name="errata">Which defects of the posted code are on.</param>
public sealed class HostKernel(Scheduler scheduler, CostOptions costs, ErrataSet errata = default)
{
    // Asked at every turn of a fault, and nearly always nothing is on.
    private readonly bool _isAnyPosted = !errata.IsEmpty;

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

    /// <summary>Where the time of faults went, stage by stage.</summary>
    public StageTimes Stages { get; } = new();

    /// <summary>What happened so far, in numbers.</summary>
    public Tally Tally { get; } = new();

    /// <summary>What happens, step by step, for those who listen.</summary>
    public Trace Trace { get; } = new();

    /// <summary>Told each warning: the kernel function and what is wrong; <see langword="null"/> if nobody listens.</summary>
    public Action<string, string>? Warned { get; set; }

    /// <summary>Asked before a small allocation by the kernel function that makes it: whether it fails; <see langword="null"/> if none does.</summary>
    public Func<string, bool>? FailsAllocation { get; set; }

    /// <summary>Which calls are to fail; <see langword="null"/> if none is.</summary>
    public FailurePlan? Failures { get; set; }

    /// <summary>Whether free memory is too scattered for large physically contiguous allocations.</summary>
    /// <remarks>Kernel: <c>kvzalloc</c> then takes the memory from <c>vmalloc</c>.</remarks>
    public bool IsMemoryFragmented { get; set; }

    /// <summary>Allocates a small structure of a kernel function's own.</summary>
    /// <remarks>Kernel: <c>kzalloc</c>.</remarks>
    /// <param name="function">The kernel function.</param>
    /// <returns>Whether there was memory.</returns>
    public bool Allocates(string function) => !Fails(FailureKind.Allocate) && (FailsAllocation is null || !FailsAllocation(function));

    /// <summary>Asked wherever something may fail for no reason of the caller's: whether it is planned to.</summary>
    /// <param name="kind">What is about to be done.</param>
    /// <returns>Whether it fails.</returns>
    public bool Fails(FailureKind kind) => Failures is not null && Failures.Fails(kind);

    /// <summary>Lets the time of a stage pass.</summary>
    /// <param name="stage">The stage.</param>
    /// <param name="nanoseconds">How long it takes.</param>
    public void Spend(CostStage stage, long nanoseconds)
    {
        Clock.Advance(nanoseconds);
        Stages.Add(stage, nanoseconds);
    }

    /// <summary>Lets the time of a stage pass, if stages are told apart.</summary>
    /// <param name="stage">The stage; not one whose cost depends on what it does.</param>
    public void SpendStage(CostStage stage)
    {
        if (Scheduler.KeepsTimelines)
        {
            Spend(stage, Costs.Of(stage));
        }
    }

    /// <summary>Warns of a state that should not be.</summary>
    /// <remarks>Kernel: <c>WARN_ON</c>.</remarks>
    /// <param name="function">The kernel function.</param>
    /// <param name="text">What is wrong.</param>
    public void Warn(string function, string text)
    {
        Step(TraceLayer.Type1, function, string.Empty, null, $"warning: {text}");
        Warned?.Invoke(function, text);
    }

    /// <summary>Whether the code does here what was posted, instead of what was meant.</summary>
    /// <param name="erratum">The defect.</param>
    /// <returns>Whether it is on.</returns>
    public bool IsPosted(Erratum erratum) => _isAnyPosted && Errata.Contains(erratum);

    /// <summary>Reports one step to the trace; the text is built only when somebody reads it.</summary>
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
        [InterpolatedStringHandlerArgument("")] TraceText text) => Step(layer, function, device, iova, default, text);

    /// <summary>Reports one step that programs follow, too.</summary>
    /// <param name="layer">The layer the step happens in.</param>
    /// <param name="function">The kernel function, or the step of the hardware.</param>
    /// <param name="device">The device it concerns; empty if none.</param>
    /// <param name="iova">The device address it concerns, if any.</param>
    /// <param name="point">What it is to a program.</param>
    /// <param name="text">What happens, in the words of the field.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Step(
        TraceLayer layer,
        string function,
        string device,
        Iova? iova,
        in TracePoint point,
        [InterpolatedStringHandlerArgument("")] TraceText text)
    {
        if (text.IsWanted || Scheduler.StopsAtSteps)
        {
            Tell(layer, function, device, iova, in point);
        }
        else
        {
            Trace.Skip();
        }
    }

    // Apart from its caller, which is in every function of the model and asks only whether anybody wants to know.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Tell(TraceLayer layer, string function, string device, Iova? iova, in TracePoint point)
    {
        if (Scheduler.StopsAtSteps)
        {
            StopAtStep(layer, function);
        }

        if (Trace.IsOn)
        {
            Trace.Emit(new TraceStep(Trace.Count, Clock.Now, Scheduler.Current.Name, layer, function, device, iova, in point, Trace.Words));
        }
        else
        {
            Trace.Skip();
        }
    }

    private void StopAtStep(TraceLayer layer, string function)
    {
        if (!Trace.IsOn)
        {
            Scheduler.StepPoint(layer, function);
            return;
        }

        // Taken out of the trace's room before another thread may go on and use it.
        string words = Trace.Words.ToString();
        Scheduler.StepPoint(layer, function);
        Trace.Begin().Add(words);
    }
}
