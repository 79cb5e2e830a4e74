namespace Iopf.Kernel;

/// <summary>One step of a run.</summary>
/// <param name="Index">Its number, from 0.</param>
/// <param name="Nanoseconds">The virtual time at which it happened.</param>
/// <param name="Thread">The kernel thread it happened in.</param>
/// <param name="Layer">The layer it happened in.</param>
/// <param name="Function">The kernel function, or the step of the hardware.</param>
/// <param name="Device">The device it concerns; empty if none.</param>
/// <param name="Iova">The device address it concerns, if any.</param>
/// <param name="Point">What it is to a program.</param>
/// <param name="Text">What happened, in the words of the field.</param>
public readonly record struct TraceEvent(
    long Index,
    long Nanoseconds,
    string Thread,
    TraceLayer Layer,
    string Function,
    string Device,
    Iova? Iova,
    TracePoint Point,
    string Text);
