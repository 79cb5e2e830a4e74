namespace Iopf.Kernel;

/// <summary>The steps of a run, handed to whoever listens.</summary>
public sealed class Trace
{
    private TraceFollower? _followers;
    private bool _isTold;

    /// <summary>Whether anybody listens.</summary>
    public bool IsOn => _followers is not null;

    /// <summary>How many steps were made, whether or not anybody listened.</summary>
    public long Count { get; private set; }

    /// <summary>Starts handing every later event to a listener.</summary>
    /// <param name="listener">Called in the order of events; it observes and must not change the model.</param>
    public void Subscribe(Action<TraceEvent> listener)
    {
        ArgumentNullException.ThrowIfNull(listener);
        Follow((in step) => listener(step.Keep()));
    }

    /// <summary>Starts showing every later step to a follower, which pays for a step's text only if it reads it.</summary>
    /// <param name="follower">Called in the order of steps.</param>
    public void Follow(TraceFollower follower) => _followers += follower;

    /// <summary>The parts of the latest step's text.</summary>
    internal TraceWords Words { get; } = new();

    /// <summary>Takes the room for the text of the next step.</summary>
    internal TraceWords Begin()
    {
        Invariant.Hold(!_isTold, "who follows the trace makes no step of its own");
        Words.Clear();
        return Words;
    }

    internal void Skip() => Count++;

    internal void Emit(in TraceStep step)
    {
        Count++;
        _isTold = true;
        try
        {
            _followers?.Invoke(in step);
        }
        finally
        {
            _isTold = false;
        }
    }
}
