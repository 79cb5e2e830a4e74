namespace Iopf.Kernel;

/// <summary>One step of a run while it happens: whoever follows the trace looks at what it needs, and keeps what it wants to keep.</summary>
/// <remarks>Reading <see cref="Text"/> builds it; nothing else allocates.</remarks>
public readonly ref struct TraceStep
{
    private readonly ref readonly TracePoint _point;
    private readonly TraceWords _words;

    internal TraceStep(
        long index, long nanoseconds, string thread, TraceLayer layer, string function, string device, Iova? iova, ref readonly TracePoint point, TraceWords words)
    {
        Index = index;
        Nanoseconds = nanoseconds;
        Thread = thread;
        Layer = layer;
        Function = function;
        Device = device;
        Iova = iova;
        _point = ref point;
        _words = words;
    }

    /// <summary>Its number, from 0.</summary>
    public long Index { get; }

    /// <summary>The virtual time at which it happens.</summary>
    public long Nanoseconds { get; }

    /// <summary>The kernel thread it happens in.</summary>
    public string Thread { get; }

    /// <summary>The layer it happens in.</summary>
    public TraceLayer Layer { get; }

    /// <summary>The kernel function, or the step of the hardware.</summary>
    public string Function { get; }

    /// <summary>The device it concerns; empty if none.</summary>
    public string Device { get; }

    /// <summary>The device address it concerns, if any.</summary>
    public Iova? Iova { get; }

    /// <summary>What it is to a program.</summary>
    public ref readonly TracePoint Point => ref _point;

    /// <summary>What happens, in the words of the field; built at each reading.</summary>
    public string Text => _words.ToString();

    /// <summary>The step as it can be kept.</summary>
    /// <returns>The same, with its text.</returns>
    public TraceEvent Keep() => new(Index, Nanoseconds, Thread, Layer, Function, Device, Iova, _point, Text);
}
