namespace Iopf.Kernel;

/// <summary>The steps of a run, handed to whoever listens.</summary>
public sealed class Trace
{
    private Action<TraceEvent>? _listeners;

    /// <summary>Whether anybody listens.</summary>
    public bool IsOn => _listeners is not null;

    /// <summary>How many steps were made, whether or not anybody listened.</summary>
    public long Count { get; private set; }

    /// <summary>Starts handing every later event to a listener.</summary>
    /// <param name="listener">Called in the order of events; it observes and must not change the model.</param>
    public void Subscribe(Action<TraceEvent> listener) => _listeners += listener;

    /// <summary>Where the text of one step is built; longer ones find room elsewhere.</summary>
    internal char[] Room { get; } = new char[256];

    internal void Skip() => Count++;

    internal void Emit(in TraceEvent traceEvent)
    {
        Count++;
        _listeners?.Invoke(traceEvent);
    }
}
